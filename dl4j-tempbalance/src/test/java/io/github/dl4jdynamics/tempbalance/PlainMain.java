/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.io.File;
import java.io.IOException;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Loads models with Deeplearning4j alone and trains each for a step; mentions no class of ours. */
final class PlainMain {
    private PlainMain() {}

    public static void main(String[] zips) {
        DataSet data = new DataSet(Nd4j.rand(DataType.FLOAT, 10, 11), Nd4j.ones(DataType.FLOAT, 10, 3));
        for (String zip : zips) {
            File file = new File(zip);
            try {
                System.out.println(file.getName() + ": trained " + trains(file, data));
            } catch (Exception e) {
                System.out.println(file.getName() + ": " + e);
            }
        }
    }

    private static boolean trains(File zip, DataSet data) throws IOException {
        if (zip.getName().startsWith("graph")) {
            ComputationGraph net = ModelSerializer.restoreComputationGraph(zip, true);
            INDArray before = net.params().dup();
            net.fit(data);
            return !net.params().equalsWithEps(before, 0);
        }
        MultiLayerNetwork net = ModelSerializer.restoreMultiLayerNetwork(zip, true);
        INDArray before = net.params().dup();
        net.fit(data);
        return !net.params().equalsWithEps(before, 0);
    }
}
