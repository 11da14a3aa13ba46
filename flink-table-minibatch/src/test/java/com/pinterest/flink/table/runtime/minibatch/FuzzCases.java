// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

/**
 * The cases of a fuzz test, each with a seed of its own. {@code -Dfuzz.cases=10000} makes more of
 * them, {@code -Dfuzz.seed=N} the same; the first seed is printed.
 */
public final class FuzzCases {

    private static final int PROGRESS = 250;

    private FuzzCases() {}

    /**
     * What is done with a seed. A failure should name it as {@code fuzz.seed=N fuzz.cases=1}, which
     * runs the case again.
     */
    public interface Case {

        /** Runs the case. */
        void run(long seed) throws Exception;
    }

    /**
     * Runs the cases.
     *
     * @param usualCases how many, if that is not said
     * @return how many were run
     */
    public static int run(int usualCases, Case one) throws Exception {
        int cases = Integer.getInteger("fuzz.cases", usualCases);
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("fuzz.seed=" + seed + " fuzz.cases=" + cases);
        for (int done = 0; done < cases; done++) {
            if (done > 0 && done % PROGRESS == 0) {
                System.out.printf("fuzz: %d of %d cases%n", done, cases);
            }
            one.run(seed + done);
        }
        return cases;
    }
}
