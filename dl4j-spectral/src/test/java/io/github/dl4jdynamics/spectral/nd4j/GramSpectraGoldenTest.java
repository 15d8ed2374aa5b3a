/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.DoubleStream;

import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GramSpectraGoldenTest {

    @Test
    void goldenVectors_ofOtherSoftware_areMet() throws IOException {
        JsonNode linear = vector("tempbalance-01-linear-median");
        JsonNode conv = vector("tempbalance-02-conv-slices");

        double[] ofLinear = GramSpectra.defaults()
                .of(MatrixView.of(numbers(linear.get("data")), 24, 16))
                .get(0)
                .eigenvalues();
        double[] ofConv =
                GramSpectra.defaults().of(MatrixView.kernelSlices(numbers(conv.get("data")), 8, 6, 9)).stream()
                        .flatMapToDouble(spectrum -> DoubleStream.of(spectrum.eigenvalues()))
                        .map(value -> conv.get("settings").get("conv_norm").asDouble() * value)
                        .sorted()
                        .toArray();

        assertRelative(ofLinear, linear);
        assertRelative(ofConv, conv);
    }

    private static JsonNode vector(String name) throws IOException {
        try (InputStream in = GramSpectraGoldenTest.class.getResourceAsStream("/vectors/" + name + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        Arrays.setAll(numbers, i -> array.get(i).asDouble());
        return numbers;
    }

    private static void assertRelative(double[] values, JsonNode vector) {
        double[] expected = numbers(vector.get("expected").get("eigenvalues_ascending"));
        double tolerance = vector.get("tolerance").get("double_rel").asDouble();
        assertThat(values).hasSameSizeAs(expected);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isEqualTo(expected[i], within(tolerance * expected[i]));
        }
    }
}
