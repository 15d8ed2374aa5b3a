/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.dl4jdynamics.spectral.weights.SpectrumReport;
import io.github.dl4jdynamics.spectral.weights.WeightSpectrumAnalyzer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Weight spectra of a finished network, as a table, CSV and JSON, and compared with an earlier state. */
public final class AnalyzeWeights {

    private AnalyzeWeights() {}

    /** Prints the table and writes the files into a temporary folder. */
    public static void main(String[] args) throws IOException {
        MultiLayerNetwork net = ExampleNetworks.network();
        SpectrumReport untrained = WeightSpectrumAnalyzer.create().analyze(net);
        net.fit(ExampleNetworks.data(), 5);

        SpectrumReport trained = WeightSpectrumAnalyzer.create().analyze(net);
        System.out.println(trained);
        System.out.println(trained.compare(untrained));

        Path folder = Files.createTempDirectory("spectra");
        trained.writeCsv(folder.resolve("spectra.csv"));
        trained.writeJson(folder.resolve("spectra.json"));
        System.out.println("written to " + folder);
    }
}
