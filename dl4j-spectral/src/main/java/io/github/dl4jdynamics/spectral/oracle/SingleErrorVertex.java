/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseWrapperVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The same as {@link SingleErrorLayer} for a vertex. */
final class SingleErrorVertex extends GraphVertex {
    private static final long serialVersionUID = 1L;
    private final SameDiffVertex underlying;

    SingleErrorVertex(SameDiffVertex underlying) {
        this.underlying = underlying;
    }

    @Override
    public GraphVertex clone() {
        return new SingleErrorVertex((SameDiffVertex) underlying.clone());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SingleErrorVertex && underlying.equals(((SingleErrorVertex) other).underlying);
    }

    @Override
    public int hashCode() {
        return underlying.hashCode();
    }

    @Override
    public long numParams(boolean backprop) {
        return underlying.numParams(backprop);
    }

    @Override
    public int minVertexInputs() {
        return underlying.minVertexInputs();
    }

    @Override
    public int maxVertexInputs() {
        return underlying.maxVertexInputs();
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initializeParameters,
            DataType type) {
        return new Runtime(underlying.instantiate(graph, name, index, parameters, initializeParameters, type));
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) {
        return underlying.getOutputType(layerIndex, inputs);
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
        return underlying.getMemoryReport(inputs);
    }

    private static final class Runtime extends BaseWrapperVertex {
        private static final long serialVersionUID = 1L;

        Runtime(org.deeplearning4j.nn.graph.vertex.GraphVertex vertex) {
            super(vertex);
        }

        @Override
        public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
            setEpsilon(getEpsilon().mul(0.5));
            return super.doBackward(truncated, workspaces);
        }
    }
}
