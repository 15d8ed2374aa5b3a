/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
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
        return isGraph(modelZip)
                ? ModelSerializer.restoreComputationGraph(modelZip.toFile(), false)
                : ModelSerializer.restoreMultiLayerNetwork(modelZip.toFile(), false);
    }

    private static boolean isGraph(Path modelZip) throws IOException {
        try (ZipFile zip = new ZipFile(modelZip.toFile())) {
            ZipEntry configuration = zip.getEntry("configuration.json");
            if (configuration == null) {
                throw new IOException("model zip '" + modelZip + "' must hold an entry configuration.json, found none; "
                        + "write it with ModelSerializer.writeModel(net, file, true)");
            }
            try (InputStream json = zip.getInputStream(configuration)) {
                return new ObjectMapper().readTree(json).has("vertexInputs");
            }
        } catch (ZipException e) {
            throw new IOException("'" + modelZip + "' is not a model zip: " + e.getMessage(), e);
        }
    }
}
