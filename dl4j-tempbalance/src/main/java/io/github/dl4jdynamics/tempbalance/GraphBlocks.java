/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.HashMap;
import java.util.Map;

import io.github.dl4jdynamics.tempbalance.math.Blocks;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;

/**
 * Blocks read off a graph: the layers whose outputs meet in the same vertex.
 *
 * <p>From a weighted layer the way leads forward as long as there is one; the first vertex with several inputs it reaches
 * (the addition of a residual block, the merge of parallel branches) names the layer's block. So the convolutions of a
 * residual block and its projection shortcut form one. A layer whose way forks first, like the stem in front of a shortcut,
 * or ends at an output, is in no block and keeps its own rate.
 *
 * @see io.github.dl4jdynamics.tempbalance.TempBalanceBuilder#blocks
 * @since 0.1
 */
public final class GraphBlocks {

    private GraphBlocks() {}

    /** Blocks of an initialised graph, named after the vertex in which they end. */
    public static Blocks of(ComputationGraph net) {
        Map<String, String> blockOf = new HashMap<>();
        for (GraphVertex vertex : net.getVertices()) {
            String end = vertex.numParams() > 0 ? end(net.getVertices(), vertex) : null;
            if (end != null) {
                blockOf.put(vertex.getVertexName(), end);
            }
        }
        return Blocks.by(blockOf::get);
    }

    private static String end(GraphVertex[] vertices, GraphVertex start) {
        GraphVertex vertex = start;
        VertexIndices[] next = vertex.getOutputVertices();
        while (next != null && next.length == 1) {
            vertex = vertices[next[0].getVertexIndex()];
            if (vertex.getNumInputArrays() > 1) {
                return vertex.getVertexName();
            }
            next = vertex.getOutputVertices();
        }
        return null;
    }
}
