// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/** Ports of this host's loop-back interface. */
final class Ports {

    private Ports() {}

    /** A port that is free now; someone else may take it before it is used. */
    static int free() throws IOException {
        try (ServerSocket socket = occupy(0)) {
            return socket.getLocalPort();
        }
    }

    /** Whether someone accepts connections at a port. */
    static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Listens at a port until the socket is closed; 0 takes any. */
    static ServerSocket occupy(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    /** Listens at two consecutive ports until the sockets are closed. */
    static List<ServerSocket> occupyTwo() throws IOException {
        while (true) {
            ServerSocket first = occupy(0);
            try {
                return List.of(first, occupy(first.getLocalPort() + 1));
            } catch (IOException | IllegalArgumentException e) {
                // Someone else has the second, or there is none.
                first.close();
            }
        }
    }
}
