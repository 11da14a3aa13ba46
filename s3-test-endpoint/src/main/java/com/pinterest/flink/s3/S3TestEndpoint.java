// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.domain.PageSet;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.options.ListContainerOptions;

/**
 * A program that runs an S3 endpoint (S3Proxy) with one bucket, in memory, on a free port. It runs
 * until its standard input ends, and then writes the objects to files, or until it receives a
 * signal. So it does not outlive a crashed test.
 *
 * <p>The objects are not files from the start, because a key may begin with another one and a
 * slash, as the keys of Flink's native S3 file system do.
 *
 * <p>This is not S3Proxy's own program, because that does not tell which port it chose.
 */
public final class S3TestEndpoint {

    private S3TestEndpoint() {}

    /**
     * Runs the endpoint.
     *
     * @param args the name of the bucket, the access key, the secret key, the file that the URL of
     *     the endpoint is written to when it is ready, and the directory that the objects are
     *     written to at the end, with their keys, encoded as in a URL, as names
     */
    public static void main(String[] args) throws Exception {
        String bucket = args[0];
        String accessKey = args[1];
        String secretKey = args[2];
        BlobStore store =
                ContextBuilder.newBuilder("transient")
                        .credentials(accessKey, secretKey)
                        .build(BlobStoreContext.class)
                        .getBlobStore();
        store.createContainerInLocation(null, bucket);
        S3Proxy endpoint =
                S3Proxy.builder()
                        .blobStore(store)
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
                        .build();
        endpoint.start();
        write("http://127.0.0.1:" + endpoint.getPort(), Path.of(args[3]));

        System.in.transferTo(OutputStream.nullOutputStream());
        endpoint.stop();
        writeObjects(store, bucket, Files.createDirectories(Path.of(args[4])));
        System.exit(0);
    }

    /** Writes the file atomically. */
    private static void write(String text, Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void writeObjects(BlobStore store, String bucket, Path directory)
            throws IOException {
        ListContainerOptions options = ListContainerOptions.Builder.recursive();
        while (true) {
            PageSet<? extends StorageMetadata> page = store.list(bucket, options);
            for (StorageMetadata object : page) {
                try (InputStream in =
                        store.getBlob(bucket, object.getName()).getPayload().openStream()) {
                    Files.copy(in, directory.resolve(URLEncoder.encode(object.getName(), UTF_8)));
                }
            }
            if (page.getNextMarker() == null) {
                return;
            }
            options.afterMarker(page.getNextMarker());
        }
    }
}
