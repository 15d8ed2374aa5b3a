/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** Restores the network in a model zip without being told which kind it is. */
final class ModelZips {

    private ModelZips() {}

    /**
     * The network without its updater.
     *
     * @throws IOException if the file is no model zip
     */
    static Model restore(Path modelZip) throws IOException {
        File file = modelZip.toFile();
        if (!file.isFile()) {
            throw new IOException("'" + modelZip + "' is not a model zip: there is no such file");
        }
        try {
            return isGraph(file)
                    ? ModelSerializer.restoreComputationGraph(file, false)
                    : ModelSerializer.restoreMultiLayerNetwork(file, false);
        } catch (IOException | RuntimeException e) { // what Deeplearning4j throws depends on the damage
            throw new IOException("'" + modelZip + "' is not a model zip: " + e.getMessage(), e);
        }
    }

    private static boolean isGraph(File file) throws IOException {
        try (ZipFile zip = new ZipFile(file)) {
            ZipEntry configuration = zip.getEntry("configuration.json");
            if (configuration == null) {
                throw new IOException("it must hold an entry configuration.json, found none; "
                        + "write it with ModelSerializer.writeModel(net, file, true)");
            }
            try (InputStream json = zip.getInputStream(configuration)) {
                return new ObjectMapper().readTree(json).has("vertexInputs");
            }
        }
    }
}
