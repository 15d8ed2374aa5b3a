/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.util.Locale;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.it.demo.data.ImageData;
import io.github.dl4jdynamics.it.demo.data.ImageFolders;
import io.github.dl4jdynamics.it.demo.data.ShapeImages;
import io.github.dl4jdynamics.spectral.oracle.LossData;

/**
 * What section lca trains and measures: with grey images from a folder the study after Lan et al., NeurIPS 2019, arXiv
 * 1909.01440, otherwise a run of a minute. The numbers of the section are here.
 */
final class LcaPlan {
    /** The paper's; in Nesterov's form, the only one that DL4J has. */
    static final double MOMENTUM = 0.9;

    /** Seed of the choice of the loss data, the same for all runs; seeds of weights and batches count from 1. */
    private static final long LOSS_SEED = 1909_01440;

    /**
     * Rates of the study: 0.1 with batch normalization and 0.05 for the MLP, as in the paper; with LeNet's large first
     * losses 0.05 throws the weights far away before it learns, 0.01 does not.
     */
    private static final ImmutableMap<LcaNetwork, Double> STUDY_RATES = ImmutableMap.of(
            LcaNetwork.MLP, 0.05,
            LcaNetwork.LENET, 0.01,
            LcaNetwork.RESIDUAL_MLP, 0.1,
            LcaNetwork.RESNET, 0.1);

    /** Smaller ones for smaller batches, with which the books of most steps are cheap. */
    private static final ImmutableMap<LcaNetwork, Double> SMALL_RATES = ImmutableMap.of(
            LcaNetwork.MLP, 0.002,
            LcaNetwork.LENET, 0.002,
            LcaNetwork.RESIDUAL_MLP, 0.02,
            LcaNetwork.RESNET, 0.01);

    private final ImageData data;
    private final boolean study;
    private final int seeds;
    private final Size size;

    private LcaPlan(ImageData data, boolean study, int seeds, Size size) {
        this.data = data;
        this.study = study;
        this.seeds = seeds;
        this.size = size;
    }

    static LcaPlan of(DemoSettings settings) throws IOException {
        boolean full = settings.size() == DemoSettings.Size.FULL;
        if (settings.data().isEmpty()) {
            Size size = full ? Size.DEMO : Size.SMALL_DEMO;
            return new LcaPlan(ShapeImages.generate(size.train, size.test, 1), false, settings.seeds(), size);
        }
        ImageData data = ImageFolders.read(settings.data().get());
        boolean study = data.shape().channels() == 1;
        Size size = study ? full ? Size.STUDY : Size.SMALL_STUDY : full ? Size.DEMO : Size.SMALL_DEMO;
        return new LcaPlan(data.atMost(size.train, size.test, 1), study, settings.seeds(), size);
    }

    ImageData data() {
        return data;
    }

    /** Whether this is the study and not the demo. */
    boolean isStudy() {
        return study;
    }

    /** Repetitions of every run, each with weights and batches of its own. */
    int seeds() {
        return seeds;
    }

    ImmutableList<LcaNetwork> networks() {
        return size.epochs.keySet().asList();
    }

    /** Passes over the training images. */
    int epochs(LcaNetwork network) {
        return size.epochs.get(network);
    }

    double rate(LcaNetwork network) {
        return (size == Size.STUDY ? STUDY_RATES : SMALL_RATES).get(network);
    }

    /** Filters of the ResNet's first stage; a quarter of the paper's 16, for time. */
    int width() {
        return 4;
    }

    /**
     * By how much the convolutional networks of the study shrink the side of images: DL4J's convolution takes milliseconds
     * an image on one core.
     */
    int inputPooling() {
        return 2;
    }

    /** Ways of training the last layer of a network, the usual one first. */
    ImmutableList<LastLayer> lastLayers(LcaNetwork network) {
        if (!study || network == LcaNetwork.MLP || network == LcaNetwork.LENET) {
            return ImmutableList.of(LastLayer.STANDARD);
        }
        return network == LcaNetwork.RESNET
                ? ImmutableList.of(LastLayer.STANDARD, LastLayer.FROZEN)
                : ImmutableList.copyOf(LastLayer.values());
    }

    /** Rates at which the books of the rules are compared; momentum as everywhere. */
    ImmutableList<Double> bookRates() {
        return size == Size.STUDY ? ImmutableList.of(0.01, 0.05, 0.1) : ImmutableList.of(0.02);
    }

    /** Networks whose books are compared, one without and one with batch normalization. */
    ImmutableList<LcaNetwork> bookNetworks() {
        return ImmutableList.of(LcaNetwork.MLP, LcaNetwork.RESNET);
    }

    /** Passes over the training images for the comparison of books: the beginning, where steps are largest. */
    int bookEpochs() {
        return size.bookEpochs;
    }

    /** Rows of each mini-batch. */
    int batch() {
        return size.batch;
    }

    /** Training images whose loss is allocated. */
    LossData lossData() {
        return LossData.of(data.trainBatches(size.batch, LOSS_SEED))
                .sample(size.lossRows, LOSS_SEED)
                .batches(size.batch);
    }

    /** Test images whose loss is allocated too; no run trains on them. */
    LossData validationData() {
        return LossData.of(data.testBatches(size.batch))
                .sample(size.validationRows, LOSS_SEED)
                .batches(size.batch);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s. Batches of %d, Nesterov momentum %s; epochs and rates: %s. The loss that is allocated is that of %d fixed "
                        + "training images; for validation, of %d fixed test images; in batches of %d, the same in all runs. "
                        + "%s under %d %s of weights and batches.",
                data,
                size.batch,
                MOMENTUM,
                courses(),
                size.lossRows,
                size.validationRows,
                size.batch,
                study ? "Every run" : "Runs",
                seeds,
                seeds == 1 ? "seed" : "seeds");
    }

    private String courses() {
        StringBuilder text = new StringBuilder();
        for (LcaNetwork network : networks()) {
            text.append(text.length() == 0 ? "" : "; ")
                    .append(network)
                    .append(' ')
                    .append(epochs(network))
                    .append(" at ")
                    .append(rate(network));
        }
        return text.toString();
    }

    /** Amounts, chosen by what a gradient costs on one core. */
    private enum Size {
        /** Ten seconds. */
        SMALL_DEMO(50, 50, 25, 25, 25, 1, ImmutableMap.of(LcaNetwork.MLP, 1, LcaNetwork.RESNET, 1)),
        /** A minute. */
        DEMO(1200, 500, 50, 100, 50, 1, ImmutableMap.of(LcaNetwork.MLP, 3, LcaNetwork.RESNET, 1)),
        /** A smoke test of the study. */
        SMALL_STUDY(
                50,
                50,
                25,
                25,
                25,
                1,
                ImmutableMap.of(
                        LcaNetwork.MLP, 1, LcaNetwork.LENET, 1, LcaNetwork.RESIDUAL_MLP, 1, LcaNetwork.RESNET, 1)),
        /** With three seeds, 40 minutes on one core. Batches as in the paper. */
        STUDY(
                9000,
                1000,
                250,
                500,
                250,
                1,
                ImmutableMap.of(
                        LcaNetwork.MLP, 4, LcaNetwork.LENET, 1, LcaNetwork.RESIDUAL_MLP, 6, LcaNetwork.RESNET, 3));

        final int train;
        final int test;
        final int batch;
        final int lossRows;
        final int validationRows;
        final int bookEpochs;
        final ImmutableMap<LcaNetwork, Integer> epochs;

        Size(
                int train,
                int test,
                int batch,
                int lossRows,
                int validationRows,
                int bookEpochs,
                ImmutableMap<LcaNetwork, Integer> epochs) {
            this.train = train;
            this.test = test;
            this.batch = batch;
            this.lossRows = lossRows;
            this.validationRows = validationRows;
            this.bookEpochs = bookEpochs;
            this.epochs = epochs;
        }
    }
}
