/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Small graphs, their training and their numbers. */
final class Graphs {
    private static final Map<String, INDArray> INPUT = Collections.singletonMap("x", Nd4j.ones(DataType.DOUBLE, 1, 1));

    private Graphs() {}

    /** A graph with the one parameter "A" and a placeholder "x" that {@code fit} insists on. */
    static SameDiff of(INDArray a) {
        SameDiff sd = SameDiff.create();
        sd.placeHolder("x", DataType.DOUBLE, -1, 1);
        sd.var("A", a);
        return sd;
    }

    static SameDiff of(DataType type, double[][] a) {
        return of(Nd4j.createFromArray(a).castTo(type));
    }

    static double[][] symmetric(int n, long seed) {
        double[][] a = random(n, n, seed);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                a[i][j] = a[j][i];
            }
        }
        return a;
    }

    static double[][] random(int rows, int cols, long seed) {
        Random random = new Random(seed);
        double[][] a = new double[rows][cols];
        for (double[] row : a) {
            Arrays.setAll(row, j -> random.nextGaussian());
        }
        return a;
    }

    /** Minimizes "loss" for some iterations; the counter goes on from call to call. */
    static void fit(SameDiff sd, int iterations) {
        for (int i = 0; i < iterations; i++) {
            sd.fit(new MultiDataSet(new INDArray[] {INPUT.get("x")}, new INDArray[0]));
        }
    }

    static TrainingConfig config(IUpdater updater, double l2) {
        return TrainingConfig.builder()
                .updater(updater)
                .l2(l2)
                .minimize("loss")
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping(Collections.emptyList())
                .build();
    }

    static INDArray gradient(SameDiff sd, SDVariable loss, String variable) {
        sd.setLossVariables(loss.name());
        return sd.calculateGradients(INPUT, variable).get(variable);
    }

    static INDArray value(SameDiff sd, String variable) {
        return sd.output(INPUT, variable).get(variable);
    }

    /** Central differences of a function of a matrix. */
    static double[][] differences(double[][] at, double step, ToDoubleFunction<double[][]> function) {
        double[][] slopes = new double[at.length][at[0].length];
        for (int i = 0; i < at.length; i++) {
            for (int j = 0; j < at[0].length; j++) {
                double middle = at[i][j];
                at[i][j] = middle + step;
                double above = function.applyAsDouble(at);
                at[i][j] = middle - step;
                slopes[i][j] = (above - function.applyAsDouble(at)) / (2 * step);
                at[i][j] = middle;
            }
        }
        return slopes;
    }

    static void assertClose(INDArray actual, double[][] expected, double tolerance) {
        assertThat(actual.shape()).containsExactly(expected.length, expected[0].length);
        double[][] rows = actual.castTo(DataType.DOUBLE).toDoubleMatrix();
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[0].length; j++) {
                assertThat(rows[i][j]).as("[%d, %d]", i, j).isCloseTo(expected[i][j], within(tolerance));
            }
        }
    }

    static JsonNode vectors(String name) {
        try (InputStream in = Graphs.class.getResourceAsStream("/vectors/" + name + ".json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static double[][] matrix(JsonNode rows) {
        double[][] matrix = new double[rows.size()][];
        Arrays.setAll(matrix, i -> row(rows.get(i)));
        return matrix;
    }

    static double[] row(JsonNode numbers) {
        double[] row = new double[numbers.size()];
        Arrays.setAll(row, j -> numbers.get(j).doubleValue());
        return row;
    }

    /** Compares with a golden value by the tolerances that lie beside it. */
    static void assertGolden(INDArray actual, JsonNode golden) {
        boolean single = actual.dataType() == DataType.FLOAT;
        double relative = golden.get(single ? "rtol_float32" : "rtol").doubleValue();
        double absolute = golden.get(single ? "atol_float32" : "atol").doubleValue();
        JsonNode value = golden.get("value");
        double[][] expected = value.isNumber()
                ? new double[][] {{value.doubleValue()}}
                : value.get(0).isNumber() ? new double[][] {row(value)} : matrix(value);
        INDArray rows = actual.rank() == 2 ? actual : actual.reshape(1, actual.length());
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[0].length; j++) {
                double tolerance = absolute + relative * Math.abs(expected[i][j]);
                assertThat(rows.getDouble(i, j)).as("[%d, %d]", i, j).isCloseTo(expected[i][j], within(tolerance));
            }
        }
    }
}
