/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.github.dl4jdynamics.it.demo.data.ImageBatches;
import io.github.dl4jdynamics.it.demo.data.ImageData;
import io.github.dl4jdynamics.it.demo.data.ImageFolders;
import io.github.dl4jdynamics.it.demo.data.ShapeImages;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/** What all arms of the comparison of batch sizes share: images, network and the recipe made for the small batch. */
final class GhostBnTask {
    private static final double MOMENTUM = 0.9;

    /** From the start, from two thirds and from five sixths of the training. Ours. */
    private static final double[] RATES = {0.1, 0.02, 0.004};

    private static final int WIDTH = 8;

    private final ImageData data;
    private final boolean grey;
    private final int epochs;

    private GhostBnTask(ImageData data, int epochs) {
        this.data = data;
        this.grey = isGrey(data);
        this.epochs = epochs;
    }

    static GhostBnTask of(DemoSettings settings) throws IOException {
        boolean full = settings.size() == DemoSettings.Size.FULL;
        int train = full ? 1280 : 256;
        int test = full ? 500 : 125;
        if (settings.data().isEmpty()) {
            return new GhostBnTask(ShapeImages.generate(train, test, 1), full ? 6 : 2);
        }
        ImageData data = ImageFolders.read(settings.data().get());
        if (isGrey(data)) {
            return new GhostBnTask(full ? data.atMost(9000, 1000, 1) : data.atMost(2048, 250, 1), full ? 12 : 2);
        }
        return new GhostBnTask(data.atMost(train, test, 1), full ? 6 : 2);
    }

    private static boolean isGrey(ImageData data) {
        return data.shape().channels() == 1;
    }

    /** A task of its own length. */
    static GhostBnTask of(ImageData data, int epochs) {
        return new GhostBnTask(data, epochs);
    }

    /** The small batch first. */
    ImmutableList<Arm> arms() {
        return grey ? Arm.of(128, 2048) : Arm.of(16, 128);
    }

    /** Images for testing. */
    int testSize() {
        return data.test().size();
    }

    /** Trains a new network. */
    GhostBnRun run(Arm arm, long seed, PrintStream out) {
        return new GhostBnRun(arm, network(arm, seed))
                .train(trainBatches(arm, seed), data.testBatches(250), epochs, out);
    }

    /** A new network; of one seed, all arms start from the same weights. */
    ComputationGraph network(Arm arm, long seed) {
        ComputationGraph net = new ComputationGraph(configuration(arm, seed));
        net.init();
        return net;
    }

    private ComputationGraphConfiguration configuration(Arm arm, long seed) {
        IUpdater updater = new Nesterovs(arm.regime().schedule(steps()), MOMENTUM);
        int classes = data.classNames().size();
        return grey
                ? new FullyConnectedNet(data.shape(), classes).configuration(updater, arm::normalization, seed)
                : SmallResNet.builder()
                        .shape(data.shape())
                        .classes(classes)
                        .width(WIDTH)
                        .updater(updater)
                        .normalization(arm::normalization)
                        .seed(seed)
                        .build();
    }

    /** The rates of the small batch by the epoch from which they hold. */
    private Map<Integer, Double> steps() {
        ImmutableSortedMap.Builder<Integer, Double> steps = ImmutableSortedMap.naturalOrder();
        steps.put(0, RATES[0]);
        if (epochs >= 4) {
            steps.put(epochs * 2 / 3, RATES[1]).put(epochs * 5 / 6, RATES[2]);
        }
        return steps.build();
    }

    private ImageBatches trainBatches(Arm arm, long seed) {
        return data.trainBatches(arm.regime().batchSize(), seed);
    }

    @Override
    public String toString() {
        return data + "; " + (grey ? new FullyConnectedNet(data.shape(), 0) : "ResNet of width " + WIDTH)
                + ". The recipe of the small batch: " + epochs + " epochs, Nesterov momentum " + MOMENTUM + ", rates "
                + steps() + " by the epoch they hold from.";
    }
}
