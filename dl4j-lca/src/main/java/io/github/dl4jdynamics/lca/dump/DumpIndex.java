/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.report.Json;

import static com.google.common.base.Preconditions.checkArgument;

/** {@code index.json} of an {@link AllocationDump}: which columns belong to which array, units, and how to read it. */
final class DumpIndex {
    /** Raised when files of an older version would be misread. */
    static final int VERSION = 1;

    static final String INDEX = "index.json";
    static final String ALLOCATIONS = "allocations.npy";
    static final String STEPS = "steps.npy";
    static final String LOSS = "loss.npy";

    private static final ImmutableMap<String, String> FILES = ImmutableMap.of(
            ALLOCATIONS, "[T, K] float32: allocation of step t to the parameter in column k",
            STEPS, "[T, 2] float64: updates seen before the step, up to its end (whole numbers)",
            LOSS, "[T, 3] float64: loss before the step, loss after it, sum of the allocations before rounding");

    private static final ImmutableList<String> PYTHON = ImmutableList.of(
            "import json, pathlib, numpy",
            "folder = pathlib.Path('.')  # where this index.json lies",
            "index = json.loads((folder / 'index.json').read_text(encoding='utf-8'))",
            "loss = numpy.load(folder / 'loss.npy')  # [T, 3]: before, after, allocated",
            "T = len(loss)  # a run that was killed may leave a row more in the other files",
            "steps = numpy.load(folder / 'steps.npy')[:T].astype(int)  # [T, 2]: updates before, after",
            "allocations = numpy.load(folder / 'allocations.npy', mmap_mode='r')[:T]  # [T, K]",
            "columns = {a['name']: slice(a['offset'], a['offset'] + a['length']) for a in index['arrays']}",
            "def array(name, t):  # allocations of step t in the shape of the array",
            "    a = next(a for a in index['arrays'] if a['name'] == name)",
            "    return allocations[t, columns[name]].reshape(a['shape'], order=a['order'].upper())",
            "",
            "per_array = {name: allocations[:, c].sum(axis=1, dtype='f8') for name, c in columns.items()}  # [T] each");

    private final String dataSet;
    private final ImmutableList<DumpedArray> arrays;
    private final long columns;

    DumpIndex(String dataSet, List<DumpedArray> arrays) {
        checkArgument(
                dataSet != null && !dataSet.isEmpty(),
                "data set of the dump must have a name, got '%s'; 'train' will do",
                dataSet);
        checkArgument(!arrays.isEmpty(), "the dump must have at least one array, got none; name what is dumped");
        this.dataSet = dataSet;
        this.arrays = ImmutableList.copyOf(arrays);
        Set<String> names = new HashSet<>();
        long sum = 0;
        for (DumpedArray array : arrays) {
            checkArgument(
                    names.add(array.name()),
                    "names of dumped arrays must differ, got '%s' twice; put the layer's name in front",
                    array.name());
            sum += array.length();
        }
        columns = sum;
    }

    /** K, the sum of the lengths. */
    long columns() {
        return columns;
    }

    void write(Path folder) throws IOException {
        Json.write(
                ImmutableMap.builder()
                        .put("format", "dl4j-lca allocations")
                        .put("version", VERSION)
                        .put("dataSet", dataSet)
                        .put("unit", "loss: what one step changed in the mean loss of the data set")
                        .put("sign", "negative = the parameter helped (the loss went down), positive = it hurt")
                        .put("files", FILES)
                        .put("columns", columns)
                        .put("arrays", describeArrays())
                        .put("howToRead", PYTHON)
                        .build(),
                folder.resolve(INDEX));
    }

    private List<Map<String, Object>> describeArrays() {
        List<Map<String, Object>> descriptions = new ArrayList<>();
        long offset = 0;
        for (DumpedArray array : arrays) {
            descriptions.add(ImmutableMap.<String, Object>builder()
                    .put("name", array.name())
                    .put("layer", array.layer())
                    .put("key", array.key())
                    .put("offset", offset)
                    .put("length", array.length())
                    .put("shape", array.shape())
                    .put("order", String.valueOf(array.order()))
                    .build());
            offset += array.length();
        }
        return descriptions;
    }
}
