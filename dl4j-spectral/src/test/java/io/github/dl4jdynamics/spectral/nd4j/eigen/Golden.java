/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** One of the golden vectors of an independent implementation, in one number type. */
final class Golden {
    private final JsonNode root;
    private final DataType type;

    Golden(String name, DataType type) {
        this.type = type;
        try (InputStream in = Golden.class.getResourceAsStream("/vectors/" + name + ".json")) {
            root = new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode input(String name) {
        return root.get("inputs").get(name);
    }

    INDArray matrix(String name) {
        return matrix(input(name));
    }

    /** Of rank 1 as a column, of rank 4 in rows. */
    private INDArray matrix(JsonNode rows) {
        double[][] values = new double[rows.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = doubles(rows.get(i));
        }
        return Nd4j.create(values).castTo(type).dup('f');
    }

    static double[] doubles(JsonNode node) {
        if (!node.isArray()) {
            return new double[] {node.doubleValue()};
        }
        double[] all = new double[0];
        for (JsonNode child : node) {
            double[] more = doubles(child);
            int length = all.length;
            all = java.util.Arrays.copyOf(all, length + more.length);
            System.arraycopy(more, 0, all, length, more.length);
        }
        return all;
    }

    private JsonNode expected(String path) {
        JsonNode node = root.get("expected");
        for (String name : path.split("/")) {
            node = node.get(name);
        }
        return node;
    }

    /** Asserts all entries of a matrix, or of one that is given in rows. */
    void check(String path, INDArray actual) {
        JsonNode node = expected(path);
        assertThat(actual.dataType()).isEqualTo(type);
        double[] values =
                actual.castTo(DataType.DOUBLE).dup('c').reshape(actual.length()).toDoubleVector();
        double[] wanted = doubles(node.get("value"));
        assertThat(values).as(path).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertThat(values[i]).as("%s, entry %d", path, i).isCloseTo(wanted[i], within(tolerance(node, wanted[i])));
        }
    }

    void check(String path, double... actual) {
        JsonNode node = expected(path);
        double[] wanted = doubles(node.get("value"));
        assertThat(actual).as(path).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertThat(actual[i]).as("%s, entry %d", path, i).isCloseTo(wanted[i], within(tolerance(node, wanted[i])));
        }
    }

    private double tolerance(JsonNode node, double value) {
        String suffix = type == DataType.FLOAT ? "_float32" : "";
        JsonNode relative = node.has("rtol" + suffix) ? node.get("rtol" + suffix) : node.get("rtol");
        JsonNode absolute = node.has("atol" + suffix) ? node.get("atol" + suffix) : node.get("atol");
        return relative.doubleValue() * Math.abs(value) + absolute.doubleValue();
    }
}
