/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

import io.github.dl4jdynamics.tempbalance.math.ExclusionRules;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Tiny networks with what breaks glue code: batch normalization, dropout, decay, sizes that are no multiple of 8. */
final class Networks {
    static final int IN = 11;
    static final int CLASSES = 3;
    static final int BATCH = 10;

    static {
        // Waking and joining a second thread takes longer than any operation on arrays this small.
        Nd4j.getExecutioner(); // loads the native library
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    private Networks() {}

    /** TempBalance for networks this small: no layer is excluded for its place or its size. */
    static TempBalanceBuilder settings() {
        return TempBalance.builder()
                .exclusions(ExclusionRules.builder()
                        .excludeFirst(false)
                        .excludeLast(false)
                        .minEigenvalues(3)
                        .build());
    }

    /** The same with an assignment that leaves every layer at its own rate. */
    static TempBalanceBuilder ones() {
        return settings().assignment(Networks::ones);
    }

    static double[] ones(double[] scores) {
        double[] factors = new double[scores.length];
        Arrays.fill(factors, 1);
        return factors;
    }

    /** Layers first, norm, second, third, out. */
    static MultiLayerConfiguration stackConf(IUpdater updater, DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .l2(1e-3)
                .activation(Activation.TANH)
                .list()
                .layer(dense("first", 17).dropOut(0.8).build())
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(dense("second", 13).build())
                .layer(dense("third", 19).build())
                .layer(output("out").build())
                .setInputType(InputType.feedForward(IN))
                .build();
    }

    static MultiLayerNetwork stack(IUpdater updater) {
        return stack(updater, DataType.FLOAT);
    }

    static MultiLayerNetwork stack(IUpdater updater, DataType type) {
        return initialised(stackConf(updater, type));
    }

    static MultiLayerNetwork initialised(MultiLayerConfiguration conf) {
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        return net;
    }

    /** Vertices first, norm, second (weight decay), add, third, out. */
    static ComputationGraphConfiguration graphConf(IUpdater updater, DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(IN))
                .addLayer("first", dense("first", 9).dropOut(0.9).build(), "in")
                .addLayer("norm", new BatchNormalization(), "first")
                .addLayer(
                        "second",
                        dense("second", 9)
                                .regularization(List.of(new WeightDecay(1e-2, true)))
                                .build(),
                        "norm")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "norm", "second")
                .addLayer("third", dense("third", 7).build(), "add")
                .addLayer("out", output("out").build(), "third")
                .setOutputs("out")
                .build();
    }

    static ComputationGraph graph(IUpdater updater) {
        return graph(updater, DataType.FLOAT);
    }

    static ComputationGraph graph(IUpdater updater, DataType type) {
        return initialised(graphConf(updater, type));
    }

    static ComputationGraph initialised(ComputationGraphConfiguration conf) {
        ComputationGraph net = new ComputationGraph(conf);
        net.init();
        return net;
    }

    static DenseLayer.Builder dense(String name, int out) {
        return new DenseLayer.Builder().name(name).nOut(out);
    }

    static OutputLayer.Builder output(String name) {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .name(name)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX);
    }

    static DataSet batch(int seed, DataType type) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray features = Nd4j.create(type, BATCH, IN);
        INDArray labels = Nd4j.create(type, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            for (int j = 0; j < IN; j++) {
                features.putScalar(i, j, random.nextDouble() - 0.5);
            }
            labels.putScalar(i, random.nextInt(CLASSES), 1);
        }
        return new DataSet(features, labels);
    }

    static List<DataSet> batches(int count, DataType type) {
        List<DataSet> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(batch(i, type));
        }
        return batches;
    }

    /** An epoch of so many iterations. */
    static DataSetIterator epoch(int iterations) {
        return epoch(iterations, DataType.FLOAT);
    }

    static DataSetIterator epoch(int iterations, DataType type) {
        return new ListDataSetIterator<>(
                DataSet.merge(batches(iterations, type)).asList(), BATCH);
    }

    /** Trains without epoch hooks. */
    static void fitBatches(Model net, int count) {
        fitBatches(net, count, net.params().dataType());
    }

    private static void fitBatches(Model net, int count, DataType type) {
        for (DataSet batch : batches(count, type)) {
            if (net instanceof MultiLayerNetwork) {
                ((MultiLayerNetwork) net).fit(batch);
            } else {
                ((ComputationGraph) net).fit(batch);
            }
        }
    }

    static void fitEpochs(Model net, int iterations, int epochs) {
        DataSetIterator data = epoch(iterations, net.params().dataType());
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).fit(data, epochs);
        } else {
            ((ComputationGraph) net).fit(data, epochs);
        }
    }

    /** Sets the generator dropout draws from; comparing two runs needs the same state at the start of both. */
    static void seed(long seed) {
        Nd4j.getRandom().setSeed(seed);
    }

    /** Exact values: {@code INDArray.equals} forgives 1e-5. */
    static double[] bits(INDArray array) {
        return array == null ? new double[0] : array.dup('c').data().asDouble();
    }

    /** The updater's state by parameter ({@code layer_param}): one copy per component. */
    static Map<String, List<double[]>> stateByParameter(Model net) {
        Map<String, List<double[]>> states = new TreeMap<>();
        for (UpdaterBlock block : updater(net).getUpdaterBlocks()) {
            int length = block.getParamOffsetEnd() - block.getParamOffsetStart();
            INDArray view = block.getUpdaterView();
            int components = view == null ? 0 : (int) (view.length() / length);
            for (UpdaterBlock.ParamState parameter : block.getLayersAndVariablesInBlock()) {
                List<double[]> own = new ArrayList<>();
                for (int c = 0; c < components; c++) {
                    long start = (long) c * length + parameter.getParamOffsetStart() - block.getParamOffsetStart();
                    long end = start + parameter.getParamOffsetEnd() - parameter.getParamOffsetStart();
                    own.add(bits(view.reshape(view.length()).get(NDArrayIndex.interval(start, end))));
                }
                states.put(parameter.getLayer().getConfig().getLayerName() + "_" + parameter.getParamName(), own);
            }
        }
        return states;
    }

    static int blocks(Model net) {
        return updater(net).getUpdaterBlocks().size();
    }

    private static BaseMultiLayerUpdater<?> updater(Model net) {
        return net instanceof MultiLayerNetwork
                ? (BaseMultiLayerUpdater<?>) ((MultiLayerNetwork) net).getUpdater()
                : ((ComputationGraph) net).getUpdater();
    }

    /** The rate Deeplearning4j will use for a parameter in the next update. */
    static double rate(Model net, String layer, String parameter) {
        return rate(net, layer, parameter, iteration(net), epoch(net));
    }

    static double rate(Model net, String layer, String parameter, int iteration, int epoch) {
        return config(net, layer).getUpdaterByParam(parameter).getLearningRate(iteration, epoch);
    }

    private static TrainingConfig config(Model net, String layer) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayer(layer).getConfig()
                : ((ComputationGraph) net).getLayer(layer).getConfig();
    }

    static int iteration(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getIterationCount()
                : ((ComputationGraph) net).getIterationCount();
    }

    static int epoch(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getEpochCount()
                : ((ComputationGraph) net).getEpochCount();
    }

    static String json(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) net).getConfiguration().toJson();
    }

    /** Through a zip, as {@code ModelSerializer} writes it, with the updater. */
    @SuppressWarnings("unchecked")
    static <M extends Model> M restored(M net) {
        try {
            ByteArrayOutputStream zip = new ByteArrayOutputStream();
            ModelSerializer.writeModel(net, zip, true);
            ByteArrayInputStream read = new ByteArrayInputStream(zip.toByteArray());
            return (M)
                    (net instanceof MultiLayerNetwork
                            ? ModelSerializer.restoreMultiLayerNetwork(read, true)
                            : ModelSerializer.restoreComputationGraph(read, true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Factors in force, by layer. */
    static Map<String, Double> factors(TempBalanceHistory history) {
        Map<String, Double> factors = new TreeMap<>();
        history.last().get().layers().forEach(layer -> factors.put(layer.name(), layer.factor()));
        return factors;
    }

    /** First iteration of every update so far. */
    static List<Integer> iterations(TempBalanceHistory history) {
        List<Integer> iterations = new ArrayList<>();
        history.updates().forEach(update -> iterations.add(update.iteration()));
        return iterations;
    }
}
