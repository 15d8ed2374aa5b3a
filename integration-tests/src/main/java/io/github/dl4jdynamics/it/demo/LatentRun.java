/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.it.demo.data.ImageBatches;
import io.github.dl4jdynamics.spectral.nd4j.eigen.LeadingEigenvectors;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** One autoencoder trained under one seed, its code projected onto 1, 2, ... principal components of the training codes. */
final class LatentRun {
    private final String name;
    private final double[] shares;
    private final double[] losses;
    private final double loss;
    private final double variance;
    private final double seconds;

    private LatentRun(String name, Code code, double seconds) {
        this.name = name;
        this.shares = code.shares();
        this.losses = code.losses();
        this.loss = code.loss();
        this.variance = code.variance();
        this.seconds = seconds;
    }

    /** Every kind of autoencoder under every seed; the runs of one kind are together. */
    static ImmutableList<List<LatentRun>> trainAll(EigenlossPlan plan, PrintStream out) {
        return ImmutableList.of(
                train("eta 0", 0, false, plan, out),
                train("eta 0.01, iteration", 0.01, false, plan, out),
                train("eta 0.1, iteration", 0.1, false, plan, out),
                train("eta 0.1, exact", 0.1, true, plan, out));
    }

    private static List<LatentRun> train(String name, double eta, boolean exact, EigenlossPlan plan, PrintStream out) {
        return LongStream.rangeClosed(1, plan.seeds())
                .mapToObj(seed -> train(name, plan.autoencoder(eta, exact, seed), plan, seed, out))
                .collect(Collectors.toList());
    }

    private static LatentRun train(String name, MultiLayerNetwork net, EigenlossPlan plan, long seed, PrintStream out) {
        ImageBatches batches = plan.data().trainBatches(plan.batch(), seed);
        double seconds = 0;
        for (int epoch = 1; epoch <= plan.epochs(); epoch++) {
            batches.reset();
            while (batches.hasNext()) {
                INDArray images = flat(batches.next());
                long start = System.nanoTime();
                net.fit(images, images);
                seconds += (System.nanoTime() - start) / 1e9;
            }
        }
        LatentRun run = new LatentRun(
                name,
                new Code(net, flat(plan.data().trainSet()), flat(plan.data().testSet())),
                seconds);
        out.printf(Locale.ROOT, "%s, seed %d: %s%n", name, seed, run);
        return run;
    }

    private static INDArray flat(DataSet images) {
        INDArray features = images.getFeatures();
        return features.reshape(features.size(0), features.length() / features.size(0));
    }

    String name() {
        return name;
    }

    /** Share of the variance of the test images' codes in the first 1, 2, ... components. */
    double[] shares() {
        return shares.clone();
    }

    /** Reconstruction loss with the codes projected onto the first 1, 2, ... components. */
    double[] losses() {
        return losses.clone();
    }

    /** Mean squared error of a pixel of the test images, standardized. */
    double loss() {
        return loss;
    }

    /** Variance of the test images' codes along all directions. */
    double variance() {
        return variance;
    }

    /** Seconds in {@code fit}. */
    double seconds() {
        return seconds;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d components hold %.4f of the code's variance %.2f; loss %.4f, %.4f from them alone; %.1f s",
                EigenlossPlan.COMPONENTS,
                shares[EigenlossPlan.COMPONENTS - 1],
                variance,
                loss,
                losses[EigenlossPlan.COMPONENTS - 1],
                seconds);
    }

    /** Codes of the test images, in the principal components of those of the training images. */
    private static final class Code {
        private final MultiLayerNetwork net;
        private final INDArray images;
        private final INDArray mean;
        private final INDArray directions;
        private final INDArray centred;

        Code(MultiLayerNetwork net, INDArray training, INDArray images) {
            this.net = net;
            this.images = images;
            INDArray codes = codes(training);
            mean = codes.mean(0);
            LeadingEigenvectors vectors =
                    new LeadingEigenvectors(EigenlossPlan.CODE, EigenlossPlan.CODE, DataType.FLOAT, true, 0.3);
            vectors.refresh(covariance(codes.subRowVector(mean)));
            directions = vectors.vectors().dup();
            centred = codes(images).subRowVector(mean);
        }

        private INDArray codes(INDArray input) {
            return net.feedForwardToLayer(EigenlossPlan.LATENT - 1, input, false)
                    .get(EigenlossPlan.LATENT)
                    .dup();
        }

        private static INDArray covariance(INDArray rows) {
            return Nd4j.gemm(rows, rows, true, false).divi(rows.size(0));
        }

        double[] shares() {
            double[] sums = centred.mmul(directions).norm2(0).toDoubleVector();
            Arrays.setAll(sums, i -> sums[i] * sums[i]);
            Arrays.parallelPrefix(sums, Double::sum);
            double total = sums[sums.length - 1];
            Arrays.setAll(sums, i -> sums[i] / total);
            return sums;
        }

        double[] losses() {
            double[] losses = new double[EigenlossPlan.CODE];
            for (int k = 1; k <= losses.length; k++) {
                INDArray leading = directions.get(NDArrayIndex.all(), NDArrayIndex.interval(0, k));
                INDArray projected =
                        centred.mmul(leading).mmul(leading.transpose()).addiRowVector(mean);
                losses[k - 1] = loss(projected);
            }
            return losses;
        }

        double loss() {
            return loss(centred.addRowVector(mean));
        }

        private double loss(INDArray codes) {
            INDArray decoded = net.activateSelectedLayers(EigenlossPlan.LATENT, net.getnLayers() - 1, codes);
            double norm = decoded.sub(images).norm2Number().doubleValue();
            return norm * norm / images.length();
        }

        double variance() {
            double norm = centred.norm2Number().doubleValue();
            return norm * norm / centred.size(0);
        }
    }
}
