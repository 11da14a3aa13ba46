// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.s3;

import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.Constants;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.filesystem.reference.FilesystemConstants;

/**
 * A program that runs an S3 endpoint (S3Proxy) on a free port, with its objects as files. It runs
 * until its standard input ends or it receives a signal, so that it does not outlive a crashed
 * test.
 *
 * <p>A bucket is a directory below the directory of objects, and an object is a file with the name
 * of its key, which exists once its upload is complete. The parts of incomplete uploads are files
 * whose names begin with {@code .mpus-}.
 *
 * <p>This is not S3Proxy's own program, because that does not tell which port it chose.
 */
public final class S3TestEndpoint {

    private S3TestEndpoint() {}

    /**
     * Runs the endpoint.
     *
     * @param args the directory of objects, the name of a bucket that is created, the access key,
     *     the secret key, and the file that the URL of the endpoint is written to when it is ready
     */
    public static void main(String[] args) throws Exception {
        Path objects = Files.createDirectories(Path.of(args[0]));
        String accessKey = args[2];
        String secretKey = args[3];
        Properties properties = new Properties();
        properties.setProperty(FilesystemConstants.PROPERTY_BASEDIR, objects.toString());
        properties.setProperty(Constants.PROPERTY_USER_THREADS, "0");
        BlobStore store =
                ContextBuilder.newBuilder("filesystem-nio2")
                        .credentials(accessKey, secretKey)
                        .overrides(properties)
                        .build(BlobStoreContext.class)
                        .getBlobStore();
        store.createContainerInLocation(null, args[1]);

        S3Proxy endpoint =
                S3Proxy.builder()
                        .blobStore(store)
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
                        .build();
        endpoint.start();
        write("http://127.0.0.1:" + endpoint.getPort(), Path.of(args[4]));

        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    /** Writes the file atomically. */
    private static void write(String text, Path file) throws Exception {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
