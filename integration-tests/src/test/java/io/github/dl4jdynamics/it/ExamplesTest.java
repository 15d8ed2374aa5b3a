/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import io.github.dl4jdynamics.it.examples.AnalyzeWeights;
import io.github.dl4jdynamics.it.examples.BlockwiseSigmoid;
import io.github.dl4jdynamics.it.examples.ConfigureBeforeInit;
import io.github.dl4jdynamics.it.examples.DiscriminativeRates;
import io.github.dl4jdynamics.it.examples.GhostBnQuickStart;
import io.github.dl4jdynamics.it.examples.GuardedRates;
import io.github.dl4jdynamics.it.examples.LatentPcaExample;
import io.github.dl4jdynamics.it.examples.LayerApi;
import io.github.dl4jdynamics.it.examples.LossChangeAllocationQuickStart;
import io.github.dl4jdynamics.it.examples.LowRankFactorizationExample;
import io.github.dl4jdynamics.it.examples.PerParameterDump;
import io.github.dl4jdynamics.it.examples.QuickStart;
import io.github.dl4jdynamics.it.examples.SaveWithoutOurClasses;
import io.github.dl4jdynamics.it.examples.SpectralPenaltyExample;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Every example runs and prints what it promises. */
class ExamplesTest {

    @Test
    void quickStart_printsARatePerLayer() throws Exception {
        assertThat(printedBy(QuickStart::main)).contains("input", "block1-dense", "follows input", "0.0019", "0.0001");
    }

    @Test
    void analyzeWeights_printsTableComparisonAndFiles() throws Exception {
        assertThat(printedBy(AnalyzeWeights::main)).contains("alpha", "block2-dense", "difference", "written to");
    }

    @Test
    void configureBeforeInit_trainsAtTunedRates() throws Exception {
        assertThat(printedBy(ConfigureBeforeInit::main)).matches("(?s).*rate of block1-dense: \\d.*");
    }

    @Test
    void discriminativeRates_trains() throws Exception {
        assertThat(printedBy(DiscriminativeRates::main)).matches("(?s).*score \\d.*");
    }

    @Test
    void blockwiseSigmoid_printsBlocks() throws Exception {
        assertThat(printedBy(BlockwiseSigmoid::main)).contains("block1-dense", "in no block");
    }

    @Test
    void ghostBnQuickStart_printsDistancesAndTheirLaws() throws Exception {
        assertThat(printedBy(GhostBnQuickStart::main)).contains("distance", "0.1118", "ln t, R2", "samples in");
    }

    @Test
    void guardedRates_printsGuardedRates() throws Exception {
        assertThat(printedBy(GuardedRates::main)).contains("block1-dense", "output");
    }

    @Test
    void lossChangeAllocationQuickStart_printsBooksLayersAndAPage() throws Exception {
        assertThat(printedBy(LossChangeAllocationQuickStart::main))
                .contains("train: loss change -", "in 20 steps", "0 gaps", "block1-dense", "verdict", "index.html");
    }

    @Test
    void spectralPenalty_printsRefreshesOfEveryMatrix() throws Exception {
        assertThat(printedBy(SpectralPenaltyExample::main)).contains("matrix", "refreshes", "block1-dense", "residual");
    }

    @Test
    void latentPca_printsTheShareOfTwoComponents() throws Exception {
        assertThat(printedBy(LatentPcaExample::main)).containsPattern("2 components hold 0\\.[89]\\d* of the variance");
    }

    @Test
    void lowRankFactorization_printsLayersAndASmallerNetwork() throws Exception {
        assertThat(printedBy(LowRankFactorizationExample::main))
                .contains("block1-dense", "energy", "no weight matrix known", "parameters: 19828 -> ")
                .containsPattern("accuracy \\d\\.\\d+ -> \\d\\.\\d+");
    }

    @Test
    void perParameterDump_writesFilesOfTenSteps() throws Exception {
        String printed = printedBy(PerParameterDump::main);

        assertThat(printed).contains("allocations.npy", "index.json", "loss.npy", "steps.npy");
        // 10 steps of 19,636 float32 values, and the header.
        assertThat(printed).contains("allocations.npy: " + (128 + 10 * 4 * 19_636) + " bytes");
    }

    @Test
    void layerApi_printsTheLayersThatHurtInAStep() throws Exception {
        assertThat(printedBy(LayerApi::main))
                .matches("(?s)update 1, layers that hurt: .*update 20, layers that hurt: .*")
                .containsPattern("hurt: \\{.*output=0\\.\\d+");
    }

    @Test
    void saveWithoutOurClasses_writesBothZips() throws Exception {
        assertThat(printedBy(SaveWithoutOurClasses::main)).contains("checkpoint", "plain");
    }

    private static String printedBy(Program program) throws Exception {
        PrintStream original = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.main(new String[0]);
        } finally {
            System.setOut(original);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private interface Program {
        void main(String[] args) throws Exception;
    }
}
