/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import java.util.List;
import java.util.Optional;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.report.Table;
import org.deeplearning4j.nn.api.Model;

/**
 * A smaller network and what became of each layer of the large one.
 *
 * <p>{@code toString()} is a table for people.
 *
 * @param <T> {@code MultiLayerNetwork} or {@code ComputationGraph}
 * @since 0.1
 */
public final class FactorizedNetwork<T extends Model> {
    private final T network;
    private final ImmutableList<LayerFactorization> layers;

    FactorizedNetwork(T network, List<LayerFactorization> layers) {
        this.network = network;
        this.layers = ImmutableList.copyOf(layers);
    }

    /** The new network, initialised; each call returns the same one. */
    public T network() {
        return network;
    }

    /** A row for each layer of the original, in its order (graph: topological), whether replaced or not. */
    public ImmutableList<LayerFactorization> layers() {
        return layers;
    }

    /** The first row of the layer with this name. */
    public Optional<LayerFactorization> layer(String name) {
        return layers.stream().filter(row -> row.layer().equals(name)).findFirst();
    }

    /** Parameters of the original network, those of a graph's vertices included, which {@code numParams()} leaves out. */
    public long parametersBefore() {
        return layers.stream().mapToLong(LayerFactorization::parametersBefore).sum();
    }

    /** Parameters of the new network. */
    public long parametersAfter() {
        return layers.stream().mapToLong(LayerFactorization::parametersAfter).sum();
    }

    /** The rows, for CSV, JSON and HTML reports; no value where a layer has no matrix. */
    public Table table() {
        Table.Builder table = Table.builder(
                "layer",
                "type",
                "rows",
                "cols",
                "full_rank",
                "rank",
                "energy",
                "parameters_before",
                "parameters_after",
                "replaced",
                "note");
        for (LayerFactorization row : layers) {
            boolean matrix = row.rows() > 0;
            table.row(
                    row.layer(),
                    row.type(),
                    matrix ? row.rows() : null,
                    matrix ? row.cols() : null,
                    matrix ? row.fullRank() : null,
                    matrix ? row.rank() : null,
                    matrix ? row.energy() : null,
                    row.parametersBefore(),
                    row.parametersAfter(),
                    row.replaced(),
                    row.note().orElse(null));
        }
        return table.build();
    }

    /** The table, and the parameters in all. */
    @Override
    public String toString() {
        return table() + "\nparameters: " + parametersBefore() + " -> " + parametersAfter();
    }
}
