/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralGradient;
import io.github.dl4jdynamics.spectral.weights.MatrixPlace;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkState;

/**
 * The matrices of one parameter array of one network, refreshed together every few iterations. For one thread at a time.
 *
 * <p>Deeplearning4j asks for the score of an iteration first and for the gradient then, at the same parameters; either
 * refreshes if it is due. Scores at other parameters in an iteration, as a gradient check asks for, take the singular
 * vectors as they are.
 */
final class PenalizedParameter {
    private static final Logger log = LoggerFactory.getLogger(SpectralRegularization.class);

    private final String name;
    private final int period;
    private final List<PenalizedMatrix> matrices;
    private boolean refreshed;
    private int refreshes;
    private int refreshedAt;
    private boolean appliedSinceScore;
    private int appliedAt;
    private boolean refused;
    private boolean replaced;
    private List<BasisRefresh> latest = List.of();

    @SuppressWarnings("try") // the workspace scope is left by closing it
    PenalizedParameter(
            String name, int period, DataType type, List<MatrixPlace> places, SpectralGradient.Builder settings) {
        this.name = name;
        this.period = period;
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            matrices = places.stream()
                    .map(place -> new PenalizedMatrix(place, type, settings))
                    .collect(Collectors.toList());
        }
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    double score(INDArray parameter, int iteration) {
        appliedSinceScore = false;
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            if (isDue(iteration)) {
                refresh(parameter, iteration);
                return matrices.stream().mapToDouble(PenalizedMatrix::value).sum();
            }
            return iteration == refreshedAt
                    ? matrices.stream()
                            .mapToDouble(matrix -> matrix.valueWithSameVectors(parameter))
                            .sum()
                    : matrices.stream()
                            .mapToDouble(matrix -> matrix.tangent(parameter))
                            .sum();
        }
    }

    @SuppressWarnings("try") // the workspace scope is left by closing it
    void addGradient(INDArray parameter, INDArray gradient, double factor, int iteration) {
        checkState(
                !appliedSinceScore || appliedAt != iteration,
                "a spectral regularization must be applied to %s once per update, got a second time; Deeplearning4j lists a "
                        + "regularization of the network's builder twice: set it on layers, or attach it to the network",
                name);
        appliedSinceScore = true;
        appliedAt = iteration;
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            boolean moved = iteration == refreshedAt
                    && !matrices.stream().allMatch(matrix -> matrix.isWhereRefreshed(parameter));
            if (moved || isDue(iteration)) {
                refresh(parameter, iteration);
            }
            matrices.forEach(matrix -> matrix.addGradient(factor, gradient));
        }
    }

    private boolean isDue(int iteration) {
        return !refreshed || iteration < refreshedAt || (long) iteration - refreshedAt >= period;
    }

    private void refresh(INDArray parameter, int iteration) {
        latest = matrices.stream().map(matrix -> matrix.refresh(parameter)).collect(Collectors.toList());
        refreshed = true;
        refreshes++;
        refreshedAt = iteration;
        latest.forEach(refresh -> tell(refresh, iteration));
    }

    private void tell(BasisRefresh refresh, int iteration) {
        if (refresh.outcome() == BasisRefresh.Outcome.REFUSED && !refused) {
            refused = true;
            log.warn(
                    "{} or the slope of its spectral penalty is not finite in iteration {}: the penalty keeps the gradient it"
                            + " had; further cases are not logged",
                    name,
                    iteration);
        } else if (refresh.outcome() == BasisRefresh.Outcome.REPLACED && !replaced) {
            replaced = true;
            log.info(
                    "singular vectors of {} were too far off in iteration {} ({}), so they were computed anew, as after large"
                            + " steps; further cases are not logged",
                    name,
                    iteration,
                    refresh);
        }
    }

    /** How often the matrices were refreshed. */
    int refreshes() {
        return refreshes;
    }

    /** The latest refresh, a record for each matrix. */
    List<RefreshRecord> records(String layer) {
        List<RefreshRecord> records = new ArrayList<>();
        for (int i = 0; i < matrices.size(); i++) {
            records.add(new RefreshRecord(
                    refreshedAt,
                    name.startsWith(layer) ? numbered(name, i) : layer + ", " + numbered(name, i),
                    latest.get(i),
                    matrices.get(i).value(),
                    matrices.get(i).singularValues()));
        }
        return records;
    }

    private String numbered(String array, int matrix) {
        return matrices.size() == 1 ? array : array + " #" + matrix;
    }
}
