// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and a service, whatever their protocol is, and does to their connections
 * what networks and services do. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

    /** What happens to requests and responses from now on. */
    public enum Fault {
        NONE,
        /** The port is closed, and so are all connections. */
        REFUSE,
        /** Requests are read, and nothing follows. */
        HANG,
        /** The connection is reset when a request arrives. */
        DROP,
        /** The same for every 20th request. */
        DROP_SOME,
        /** Half of a response arrives, and the end of the stream. */
        HALF_CLOSE,
        /** A response arrives byte by byte. */
        SLOW,
        /** The bytes of a response are replaced by others, and the stream ends. */
        GARBLE
    }

    private static final int BUFFER = 8192;
    private static final int SOME = 20;

    private final InetSocketAddress service;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger faults = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    private volatile Fault fault = Fault.NONE;
    private ServerSocket listener;
    private Thread acceptor;
    private final int port;

    /** Listens at a free port of the loopback address. */
    public FaultProxy(InetSocketAddress service) throws IOException {
        this.service = service;
        this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        this.port = listener.getLocalPort();
        this.acceptor = accept(listener);
    }

    /** What a client connects to. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Sets what happens from now on. */
    public synchronized void set(Fault newFault) throws IOException {
        fault = newFault;
        if (newFault == Fault.REFUSE) {
            closeListener();
            closeConnections();
        } else if (listener.isClosed()) {
            listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(address());
            acceptor = accept(listener);
        }
    }

    /** Closes the port. It is not free before the thread that waits for connections has noticed. */
    private void closeListener() throws IOException {
        listener.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The number of requests and responses that something was done to. */
    public int faults() {
        return faults.get();
    }

    /** Ends all connections. */
    public void closeConnections() {
        sockets.forEach(FaultProxy::close);
    }

    private Thread accept(ServerSocket server) {
        return start(
                "accept",
                () -> {
                    while (true) {
                        Socket client = server.accept();
                        sockets.add(client);
                        Socket upstream = new Socket();
                        sockets.add(upstream);
                        try {
                            upstream.connect(service);
                            client.setTcpNoDelay(true);
                            upstream.setTcpNoDelay(true);
                        } catch (IOException e) {
                            close(client);
                            close(upstream);
                            continue;
                        }
                        start("requests", () -> requests(client, upstream));
                        start("responses", () -> responses(client, upstream));
                    }
                });
    }

    private void requests(Socket client, Socket upstream) throws IOException {
        try {
            InputStream in = client.getInputStream();
            OutputStream out = upstream.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            int count;
            while ((count = in.read(buffer)) >= 0) {
                Fault current = fault;
                if (current == Fault.HANG) {
                    faults.incrementAndGet();
                    continue;
                }
                if (current == Fault.DROP
                        || (current == Fault.DROP_SOME && requests.incrementAndGet() % SOME == 0)) {
                    faults.incrementAndGet();
                    // A reset instead of an orderly end.
                    client.setSoLinger(true, 0);
                    return;
                }
                out.write(buffer, 0, count);
            }
        } finally {
            close(client);
            close(upstream);
        }
    }

    private void responses(Socket client, Socket upstream) throws IOException {
        try {
            InputStream in = upstream.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            int count;
            while ((count = in.read(buffer)) >= 0) {
                switch (fault) {
                    case HALF_CLOSE:
                        faults.incrementAndGet();
                        out.write(buffer, 0, count / 2);
                        client.shutdownOutput();
                        // The client may still send; nobody answers.
                        upstream.shutdownInput();
                        return;
                    case GARBLE:
                        faults.incrementAndGet();
                        for (int i = 0; i < count; i++) {
                            buffer[i] = (byte) (31 * i + 7);
                        }
                        out.write(buffer, 0, count);
                        // Otherwise a client may take it for the beginning of something long.
                        client.shutdownOutput();
                        upstream.shutdownInput();
                        return;
                    case SLOW:
                        faults.incrementAndGet();
                        for (int i = 0; i < count; i++) {
                            out.write(buffer, i, 1);
                            Thread.sleep(1);
                        }
                        break;
                    default:
                        out.write(buffer, 0, count);
                        break;
                }
            }
            close(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a thread does until its connection ends. */
    private interface Loop {

        void run() throws IOException;
    }

    private static Thread start(String name, Loop loop) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                loop.run();
                            } catch (IOException e) {
                                // The connection, or the port, was closed.
                            }
                        },
                        "fault-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone in any case.
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closeListener();
        }
        closeConnections();
    }
}
