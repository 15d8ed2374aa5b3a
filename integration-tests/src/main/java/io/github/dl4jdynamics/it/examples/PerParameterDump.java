/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.github.dl4jdynamics.lca.LossChangeAllocationListener;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * The allocation of every parameter in every step, in files for NumPy.
 *
 * <pre>{@code
 * import json, numpy
 * index = json.load(open('index.json'))                        # arrays, their columns, shapes and units
 * T = len(numpy.load('loss.npy'))                              # steps
 * lca = numpy.load('allocations.npy', mmap_mode='r')[:T]       # [T, K]; negative: the parameter helped
 * for a in index['arrays']:
 *     print(a['name'], lca[:, a['offset']:a['offset'] + a['length']].sum())
 * }</pre>
 */
public final class PerParameterDump {

    private PerParameterDump() {}

    /** Trains, writes into a temporary folder and prints what is there. */
    public static void main(String[] args) throws IOException {
        MultiLayerNetwork net = ExampleNetworks.network();
        Path folder = Files.createTempDirectory("allocation");
        try (LossChangeAllocationListener lca = LossChangeAllocationListener.builder(ExampleNetworks.data())
                .dump(folder)
                .build()) {
            net.addListeners(lca);
            net.fit(ExampleNetworks.data());
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.sorted()
                    .forEach(file ->
                            System.out.println(file + ": " + file.toFile().length() + " bytes"));
        }
    }
}
