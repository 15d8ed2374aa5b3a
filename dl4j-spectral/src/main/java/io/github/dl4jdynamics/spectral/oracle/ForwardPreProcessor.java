/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What comes before a layer that passes no error on. */
final class ForwardPreProcessor implements InputPreProcessor {
    private static final long serialVersionUID = 1L;

    private final InputPreProcessor forward;

    ForwardPreProcessor(InputPreProcessor forward) {
        this.forward = forward;
    }

    @Override
    public INDArray preProcess(INDArray input, int rows, LayerWorkspaceMgr workspaces) {
        return forward.preProcess(input, rows, workspaces);
    }

    @Override
    public INDArray backprop(INDArray error, int rows, LayerWorkspaceMgr workspaces) {
        return null;
    }

    @Override
    public InputPreProcessor clone() {
        return new ForwardPreProcessor(forward.clone());
    }

    @Override
    public InputType getOutputType(InputType type) {
        return forward.getOutputType(type);
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(INDArray mask, MaskState state, int rows) {
        return forward.feedForwardMaskArray(mask, state, rows);
    }
}
