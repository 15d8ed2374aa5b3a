/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.SplittableRandom;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;

/** Small networks, data for them, and the numerical derivative of an oracle's loss. */
final class Networks {
    static final int CLASSES = 3;
    private static final int ELEMENTS = 2;
    private static final int DIAGONALS = 2;

    private Networks() {}

    static NeuralNetConfiguration.Builder settings(DataType type) {
        return new NeuralNetConfiguration.Builder()
                .seed(77)
                .dataType(type)
                .updater(new Adam(0.01))
                .weightInit(new NormalDistribution(0, 0.4))
                .activation(Activation.TANH);
    }

    /** An initialised network with no parameter at its initial value. */
    static MultiLayerNetwork sequence(NeuralNetConfiguration.Builder settings, InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = settings.list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(input).build());
        net.init();
        shake(net);
        return net;
    }

    static MultiLayerNetwork sequence(InputType input, Layer... layers) {
        return sequence(settings(DataType.DOUBLE), input, layers);
    }

    /** Adds up to 0.2 to every parameter; variances stay positive. */
    static <M extends Model> M shake(M net) {
        SplittableRandom random = new SplittableRandom(5);
        INDArray theta = net.params();
        for (long i = 0; i < theta.length(); i++) {
            theta.putScalar(i, theta.getDouble(i) + 0.2 * random.nextDouble());
        }
        return net;
    }

    static OutputLayer output() {
        return output(LossFunctions.LossFunction.MCXENT, Activation.SOFTMAX);
    }

    static OutputLayer output(LossFunctions.LossFunction loss, Activation activation) {
        return new OutputLayer.Builder(loss)
                .nOut(CLASSES)
                .activation(activation)
                .build();
    }

    static RnnOutputLayer sequenceOutput() {
        return new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    /** Features between -1 and 1 of a shape that begins with the number of rows, labels one-hot. */
    static DataSet rows(long... shape) {
        return new DataSet(features(shape), classes((int) shape[0]));
    }

    static INDArray features(long... shape) {
        SplittableRandom random = new SplittableRandom(shape.length + shape[0]);
        INDArray x = Nd4j.create(DataType.DOUBLE, shape, 'c');
        for (long i = 0; i < x.length(); i++) {
            x.putScalar(i, 2 * random.nextDouble() - 1);
        }
        return x;
    }

    static INDArray classes(int rows) {
        INDArray y = Nd4j.zeros(DataType.DOUBLE, rows, CLASSES);
        for (int i = 0; i < rows; i++) {
            y.putScalar(i, (i * i + i / 3) % CLASSES, 1);
        }
        return y;
    }

    /** Sequences [rows, channels, steps] with a class at each step. */
    static DataSet sequences(int rows, int channels, int steps) {
        INDArray y = Nd4j.zeros(DataType.DOUBLE, rows, CLASSES, steps);
        for (int i = 0; i < rows; i++) {
            for (int t = 0; t < steps; t++) {
                y.putScalar(new int[] {i, (i * i + t) % CLASSES, t}, 1);
            }
        }
        return new DataSet(features(rows, channels, steps), y);
    }

    /** Row i keeps its first {@code steps - i % steps} steps. */
    static INDArray lengths(int rows, int steps) {
        INDArray mask = Nd4j.ones(DataType.DOUBLE, rows, steps);
        for (int i = 0; i < rows; i++) {
            if (i % steps > 0) {
                mask.get(NDArrayIndex.point(i), NDArrayIndex.interval(steps - i % steps, steps))
                        .assign(0);
            }
        }
        return mask;
    }

    /** All elements in 'c' order, for comparisons bit by bit: {@code INDArray.equals} lets 1e-5 pass. */
    static double[] bits(INDArray array) {
        return array.dup('c').castTo(DataType.DOUBLE).reshape(array.length()).toDoubleVector();
    }

    static double score(Model net, DataSet data, boolean training) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).score(data, training)
                : ((ComputationGraph) net).score(data, training);
    }

    /**
     * Compares the gradient with central differences: of each array at two random elements and along two random diagonals
     * through all of its elements. Returns the loss.
     */
    static double assertGradient(LossOracle oracle, LossData data) {
        return assertGradient(oracle, data, 1e-6, 2e-7);
    }

    static double assertGradient(LossOracle oracle, LossData data, double step, double tolerance) {
        INDArray theta = oracle.parameters().dup();
        INDArray gradient = oracle.zeros();
        double loss = oracle.addGradient(data, 1, gradient);
        assertThat(loss).isFinite();
        assertThat(oracle.loss(data)).isEqualTo(loss);
        assertThat(gradient.norm2Number().doubleValue()).isPositive();

        SplittableRandom random = new SplittableRandom(1);
        for (ParameterArray array : oracle.mask().arrays()) {
            INDArray part = gradient.get(NDArrayIndex.interval(array.offset(), array.end()));
            if (!oracle.mask().counted().contains(array)) {
                assertThat(part.amaxNumber().doubleValue()).as(array.toString()).isZero();
                continue;
            }
            int elements = (int) Math.min(ELEMENTS, array.length());
            for (int k = 0; k < elements + DIAGONALS; k++) {
                long single = array.length() <= ELEMENTS ? k : random.nextLong(array.length());
                INDArray direction = Nd4j.zeros(DataType.DOUBLE, theta.length());
                for (long i = array.offset(); i < array.end(); i++) {
                    boolean moved = k >= elements || i == array.offset() + single;
                    direction.putScalar(i, moved ? random.nextInt(2) * 2 - 1 : 0);
                }
                assertSlope(oracle, data, theta, direction, gradient, array, step, tolerance);
            }
        }
        oracle.moveTo(theta);
        return loss;
    }

    private static void assertSlope(
            LossOracle oracle,
            LossData data,
            INDArray theta,
            INDArray direction,
            INDArray gradient,
            ParameterArray array,
            double step,
            double tolerance) {
        oracle.moveTo(theta, theta.add(direction), step);
        double up = oracle.loss(data);
        oracle.moveTo(theta, theta.add(direction), -step);
        double down = oracle.loss(data);
        double numerical = (up - down) / (2 * step);
        double analytical = gradient.mul(direction).sumNumber().doubleValue();
        assertThat(Math.abs(analytical - numerical))
                .as("%s: analytical %s, numerical %s", array, analytical, numerical)
                .isLessThan(tolerance + 1e-5 * Math.abs(numerical));
    }
}
