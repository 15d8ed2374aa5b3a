/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Consumer;

import io.github.dl4jdynamics.it.demo.data.ImageBatches;
import io.github.dl4jdynamics.it.demo.data.ImageData;
import io.github.dl4jdynamics.it.demo.data.ImageFolders;
import io.github.dl4jdynamics.it.demo.data.ShapeImages;
import io.github.dl4jdynamics.spectral.rates.CosineSchedule;
import io.github.dl4jdynamics.spectral.rates.WarmupSchedule;
import io.github.dl4jdynamics.spectral.weights.WeightSpectrumAnalyzer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What all runs of a demo share: images, network, optimizer, seed and length. */
public final class DemoTask {
    private static final int TRAIN = 1200;
    private static final int TEST = 500;
    private static final int BATCH = 20;
    private static final int WIDTH = 12;
    private static final double RATE = 0.1;
    private static final double MOMENTUM = 0.9;
    private static final int WARM_UP = 60;

    private final ImageData data;
    private final int epochs;
    private final long seed;

    private DemoTask(ImageData data, int epochs, long seed) {
        this.data = data;
        this.epochs = epochs;
        this.seed = seed;
    }

    static DemoTask of(DemoSettings settings) throws IOException {
        boolean full = settings.size() == DemoSettings.Size.FULL;
        int train = full ? TRAIN : TRAIN / 4;
        int test = full ? TEST : TEST / 4;
        ImageData data = settings.data().isPresent()
                ? ImageFolders.read(settings.data().get()).atMost(train, test, 1)
                : ShapeImages.generate(train, test, 1);
        return new DemoTask(data, full ? 8 : 3, 1);
    }

    /** The demo's own images and full length under another seed of weights, batches and images. */
    public static DemoTask drawn(int epochs, long seed) {
        return new DemoTask(ShapeImages.generate(TRAIN, TEST, seed), epochs, seed);
    }

    /** The same with images from a folder. */
    public static DemoTask of(ImageData data, int epochs, long seed) {
        return new DemoTask(data.atMost(TRAIN, TEST, seed), epochs, seed);
    }

    /** A new network, the same every time. */
    public ComputationGraph network() {
        ComputationGraph net = new ComputationGraph(SmallResNet.builder()
                .shape(data.shape())
                .classes(data.classNames().size())
                .width(WIDTH)
                .updater(new Nesterovs(schedule(), MOMENTUM))
                .seed(seed)
                .build());
        net.init();
        return net;
    }

    /** A linear warm-up, then a cosine down to zero, by iterations. */
    private ISchedule schedule() {
        int total = epochs * trainBatches().batchesPerPass();
        int warmUp = Math.min(WARM_UP, total / 4);
        ISchedule cosine = new CosineSchedule(ScheduleType.ITERATION, RATE, total - warmUp);
        return new WarmupSchedule(ScheduleType.ITERATION, warmUp, cosine);
    }

    /** The training batches, shuffled anew every epoch, the same way in every run. */
    public ImageBatches trainBatches() {
        return data.trainBatches(BATCH, seed);
    }

    /** The test images in their order. */
    public ImageBatches testBatches() {
        return data.testBatches(100);
    }

    /** Trains a new network, prepared as a run needs it. */
    TrainingRun run(
            String name, WeightSpectrumAnalyzer analyzer, Consumer<ComputationGraph> preparation, PrintStream out) {
        ComputationGraph net = network();
        preparation.accept(net);
        ImageBatches batches = trainBatches();
        return new TrainingRun(name, net, analyzer)
                .train(batches, testBatches(), epochs, batches.batchesPerPass(), out);
    }

    @Override
    public String toString() {
        return data + "; ResNet of width " + WIDTH + ", " + epochs + " epochs, batch " + BATCH + ", Nesterov momentum "
                + MOMENTUM + ", warm-up to a rate of " + RATE + " and cosine down.";
    }
}
