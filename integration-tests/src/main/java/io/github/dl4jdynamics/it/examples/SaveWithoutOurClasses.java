/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import java.io.File;
import java.io.IOException;

import io.github.dl4jdynamics.tempbalance.TempBalance;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/** A checkpoint that continues with the same rates, and a final zip that needs none of our classes. */
public final class SaveWithoutOurClasses {

    private SaveWithoutOurClasses() {}

    /** Saves, continues, detaches and saves again. */
    public static void main(String[] args) throws IOException {
        MultiLayerNetwork net = ExampleNetworks.network();
        TempBalance.farms().attach(net);
        net.fit(ExampleNetworks.data(), 2);

        File checkpoint = File.createTempFile("checkpoint", ".zip");
        ModelSerializer.writeModel(net, checkpoint, true);
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(checkpoint, true);
        TempBalance.farms().attach(restored);
        restored.fit(ExampleNetworks.data(), 2);

        TempBalance.detach(restored);
        File plain = File.createTempFile("plain", ".zip");
        ModelSerializer.writeModel(restored, plain, true);
        System.out.println("saved " + checkpoint + " and " + plain);
    }
}
