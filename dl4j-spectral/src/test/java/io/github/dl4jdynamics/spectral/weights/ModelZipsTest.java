/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Saved networks, and files that are none. */
class ModelZipsTest {
    @TempDir
    Path folder;

    private final WeightSpectrumAnalyzer analyzer = WeightSpectrumAnalyzer.create();

    @ParameterizedTest
    @CsvSource({"false, true", "true, true", "false, false", "true, false"})
    void savedNetwork_ofEitherKind_hasTheSameReport(boolean graph, boolean updater) throws IOException {
        Model net = Networks.of(graph, DataType.FLOAT, Networks.trainableInput(), Networks.trainable());
        Path zip = folder.resolve("model.zip");
        ModelSerializer.writeModel(net, zip.toFile(), updater);
        Nd4j.getRandom().setSeed(5);
        long expectedRandom = Nd4j.getRandom().nextLong();
        Nd4j.getRandom().setSeed(5);

        SpectrumReport report = analyzer.analyze(zip);

        assertThat(report.toString()).isEqualTo(analyzer.analyze(net).toString());
        assertThat(report.layer("first").orElseThrow().spectrum())
                .isEqualTo(analyzer.analyze(net).layer("first").orElseThrow().spectrum());
        assertThat(Nd4j.getRandom().nextLong())
                .as("the random numbers that training would draw next")
                .isEqualTo(expectedRandom);
    }

    @Test
    void missingFile_isSaidToBeMissing() {
        Path file = folder.resolve("gone.zip");

        assertThatThrownBy(() -> analyzer.analyze(file))
                .isInstanceOf(IOException.class)
                .hasMessage("'" + file + "' is not a model zip: there is no such file");
    }

    @Test
    void folder_isNoModelZip() {
        assertThatThrownBy(() -> analyzer.analyze(folder))
                .isInstanceOf(IOException.class)
                .hasMessage("'" + folder + "' is not a model zip: there is no such file");
    }

    @Test
    void textFile_isNoModelZip() throws IOException {
        Path file = Files.write(folder.resolve("notes.zip"), "no zip".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> analyzer.analyze(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("'" + file + "' is not a model zip: ");
    }

    @Test
    void otherZip_namesTheMissingEntry() throws IOException {
        Path file = zip("other.zip", "readme.txt", "hello");

        assertThatThrownBy(() -> analyzer.analyze(file))
                .isInstanceOf(IOException.class)
                .hasMessage("'" + file + "' is not a model zip: it must hold an entry configuration.json, found none; "
                        + "write it with ModelSerializer.writeModel(net, file, true)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{ broken", "{}", "[1, 2]", "{\"vertexInputs\": {}}", "\"text\"", "''"})
    void damagedConfiguration_isNoModelZip(String json) throws IOException {
        Path file = zip("damaged.zip", "configuration.json", json);

        assertThatThrownBy(() -> analyzer.analyze(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("'" + file + "' is not a model zip: ");
    }

    @Test
    void zipWithoutCoefficients_isNoModelZip() throws IOException {
        Path whole = folder.resolve("whole.zip");
        ModelSerializer.writeModel(
                Networks.of(false, DataType.FLOAT, Networks.trainableInput(), Networks.trainable()),
                whole.toFile(),
                false);
        String configuration;
        try (ZipFile zip = new ZipFile(whole.toFile())) {
            configuration = new String(
                    zip.getInputStream(zip.getEntry("configuration.json")).readAllBytes(), StandardCharsets.UTF_8);
        }
        Path file = zip("half.zip", "configuration.json", configuration);

        assertThatThrownBy(() -> analyzer.analyze(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("'" + file + "' is not a model zip: ");
    }

    private Path zip(String name, String entry, String content) throws IOException {
        Path file = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(content.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        return file;
    }
}
