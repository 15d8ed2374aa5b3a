/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.dl4jdynamics.lca.LossChangeAllocationListener;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.report.HtmlReport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Which layers lowered the loss: as text, and as a page in a temporary folder. */
public final class LossChangeAllocationQuickStart {

    private LossChangeAllocationQuickStart() {}

    /** Trains and prints the books and the totals of the layers. */
    public static void main(String[] args) throws IOException {
        MultiLayerNetwork net = ExampleNetworks.network();
        LossData data = LossData.of(ExampleNetworks.data()).sample(160, 42);
        LossChangeAllocationListener lca =
                LossChangeAllocationListener.builder(data).build();
        net.addListeners(lca);
        net.fit(ExampleNetworks.data(), 2);

        System.out.println(lca.history());
        Path folder = Files.createTempDirectory("allocation");
        Path page =
                HtmlReport.write(folder, "Who lowered the loss", lca.history().section());
        System.out.println("page written to " + page);
    }
}
