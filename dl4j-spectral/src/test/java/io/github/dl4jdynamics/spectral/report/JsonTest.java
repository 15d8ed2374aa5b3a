/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.google.common.collect.ImmutableMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class JsonTest {
    @Test
    void toString_plainValues_areJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", 1);
        map.put("a", new double[] {0.1, 1e-300});
        map.put("m", Arrays.asList("text", 'c' + "\"\n", null, true, TimeUnit.DAYS));
        map.put("f", new float[] {0.1f});
        map.put("o", new Object[] {new int[0], 12345678901L});

        assertThat(Json.toString(map))
                .isEqualTo("{\"z\":1,\"a\":[0.1,1.0E-300],\"m\":[\"text\",\"c\\\"\\n\",null,true,\"DAYS\"],"
                        + "\"f\":[0.1],\"o\":[[],12345678901]}");
    }

    @Test
    void toString_nonFiniteNumbers_areTextsThatReadBackAsNumbers() throws IOException {
        double[] values = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};

        String json = Json.toString(values);

        assertThat(json).isEqualTo("[\"NaN\",\"Infinity\",\"-Infinity\"]");
        assertThat(new ObjectMapper().readValue(json, double[].class)).containsExactly(values);
        assertThat(Json.toString(List.of(Float.NaN))).isEqualTo("[\"NaN\"]");
    }

    @Test
    void toString_mapsWithoutAnOrder_areSortedByKey() {
        List<String> keys = new ArrayList<>();
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            keys.add("\"key" + Integer.toString(i * 7919, 36) + "\":0");
            map.put("key" + Integer.toString(i * 7919, 36), 0);
        }
        Collections.sort(keys);

        assertThat(Json.toString(map)).isEqualTo("{" + String.join(",", keys) + "}");
        assertThat(Json.toString(ImmutableMap.of("b", 1, "a", 2))).isEqualTo("{\"b\":1,\"a\":2}");
    }

    @Test
    void toString_table_isAListOfRows() {
        Table table = Table.builder("layer", "alpha")
                .row("conv1", 2.5)
                .row("fc", null)
                .build();

        assertThat(Json.toString(Map.of("rows", table)))
                .isEqualTo("{\"rows\":[{\"layer\":\"conv1\",\"alpha\":2.5},{\"layer\":\"fc\",\"alpha\":null}]}");
    }

    @Test
    void toString_anythingElse_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.toString(List.of(new Thread())))
                .withMessage(
                        "a value for JSON must be null, a boolean, a number, a text, an enum, an array, an Iterable, "
                                + "a Map or a Table, got java.lang.Thread; turn it into a Map first");
    }

    @Test
    void write_file_isIndentedAndReadsBack(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a/b.json");

        Json.write(ImmutableMap.of("x", new double[] {1, 2}, "y", ImmutableMap.of("z", "ü")), file);

        assertThat(file).hasContent("{\n  \"x\" : [ 1.0, 2.0 ],\n  \"y\" : {\n    \"z\" : \"ü\"\n  }\n}");
        assertThat(new ObjectMapper()
                        .readTree(new File(file.toString()))
                        .at("/y/z")
                        .asText())
                .isEqualTo("ü");
    }
}
