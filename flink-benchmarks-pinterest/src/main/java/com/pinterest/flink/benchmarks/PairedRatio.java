// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.pinterest.flink.benchmarks.Measurement.Better;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * The ratio of interleaved pairs: the geometric mean of their ratios, with Student's 95 % interval
 * for the mean of the logarithms.
 *
 * @param vanilla the median of the vanilla runs
 * @param ours the median of our runs
 * @param ratio above 1 if ours is better
 * @param lo the lower end of the interval
 * @param hi the upper end of the interval
 * @param runs the number of pairs
 */
record PairedRatio(double vanilla, double ours, double ratio, double lo, double hi, int runs) {

    /**
     * Compares the runs with the same index, at least two. The ratio and its bounds are NaN if a
     * figure is not positive, which is possible for a small difference of noisy values.
     */
    static PairedRatio of(List<Double> vanilla, List<Double> ours, Better better) {
        if (vanilla.size() != ours.size() || vanilla.size() < 2) {
            throw new IllegalArgumentException(
                    "not at least two pairs: " + vanilla.size() + " and " + ours.size());
        }
        DescriptiveStatistics logarithms = new DescriptiveStatistics();
        IntStream.range(0, ours.size())
                .mapToDouble(pair -> Math.log(ours.get(pair) / vanilla.get(pair)))
                .map(logarithm -> better == Better.HIGHER ? logarithm : -logarithm)
                .forEach(logarithms::addValue);
        int runs = ours.size();
        double mean = logarithms.getMean();
        double quantile = new TDistribution(runs - 1).inverseCumulativeProbability(0.975);
        double half = quantile * logarithms.getStandardDeviation() / Math.sqrt(runs);
        return new PairedRatio(
                median(vanilla),
                median(ours),
                Math.exp(mean),
                Math.exp(mean - half),
                Math.exp(mean + half),
                runs);
    }

    private static double median(List<Double> values) {
        DescriptiveStatistics statistics = new DescriptiveStatistics();
        values.forEach(statistics::addValue);
        return statistics.getPercentile(50);
    }
}
