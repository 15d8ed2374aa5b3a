/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.latent;

import java.util.Optional;

import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;
import io.github.dl4jdynamics.spectral.nd4j.eigen.LeadingEigenvectors;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkState;

/**
 * The layer at work, configured by {@link LatentPcaLayer}.
 *
 * <p>Deeplearning4j computes the gradient of a batch before its score, so the vectors are refreshed in the backward pass and
 * serve both.
 *
 * @since 0.1
 */
public final class LatentPca extends AbstractLayer<LatentPcaLayer> {
    private static final long serialVersionUID = 1L;
    private static final Logger log = LoggerFactory.getLogger(LatentPca.class);
    private static final double RESIDUAL_LIMIT = 0.3;

    private transient LeadingEigenvectors vectors;

    /** Of the latest training pass. */
    private transient INDArray covariance;

    /** Whether the latest pass was one in training mode. */
    private transient boolean training;

    /** The latest refresh of the vectors, and the covariance they then were of. */
    private transient BasisRefresh refresh;

    private transient INDArray followed;

    private transient boolean warned;

    LatentPca(NeuralNetConfiguration conf, DataType type) {
        super(conf, type);
    }

    /**
     * Components of the latest training batch: those of the penalty, or where the batch had none, by a decomposition.
     *
     * @throws IllegalStateException before the first training pass, or if its activations were not finite
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public PrincipalComponents components() {
        checkState(covariance != null, "principal components must be asked for after a training pass, got none yet");
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            LeadingEigenvectors present = vectors;
            if (followed != covariance) {
                present = vectors(true); // apart from those of the penalty: asking must not change training
                checkState(
                        present.refresh(covariance).outcome() != BasisRefresh.Outcome.REFUSED,
                        "principal components need finite activations, got a training batch without in layer %s",
                        index);
            }
            return new PrincipalComponents(present.vectors().dup('f'), present.values(covariance), trace(covariance));
        }
    }

    /** The latest refresh of the components; none before the first, or without a penalty. */
    public Optional<BasisRefresh> latestRefresh() {
        return Optional.ofNullable(refresh);
    }

    /** Variance beyond the components, of the batch of the latest refresh. */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public double tail() {
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return tail(followed);
        }
    }

    /** Variances along the components, the largest first, of the batch of the latest refresh; none before. */
    public double[] variances() {
        return followed == null ? new double[0] : vectors.values(followed);
    }

    @Override
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public INDArray activate(boolean inTraining, LayerWorkspaceMgr manager) {
        assertInputSet(false);
        checkState(
                input.rank() == 2,
                "a latent PCA needs activations of rank 2, got rank %s; see LatentPcaLayer",
                input.rank());
        training = inTraining;
        if (!training) {
            return manager.leverageTo(ArrayType.ACTIVATIONS, input);
        }
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray centred = centred();
            covariance = Nd4j.gemm(centred, centred, true, false).divi(input.size(0));
        }
        return manager.dup(ArrayType.ACTIVATIONS, input, input.ordering());
    }

    private INDArray centred() {
        INDArray wide = input.dataType() == DataType.DOUBLE ? input : input.castTo(DataType.FLOAT);
        return wide.subRowVector(wide.mean(0));
    }

    @Override
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr manager) {
        assertInputSet(true);
        INDArray below = manager.dup(ArrayType.ACTIVATION_GRAD, epsilon, epsilon.ordering());
        double eta = layerConf().eta();
        if (eta > 0 && training) {
            try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                if (refresh()) {
                    INDArray centred = centred();
                    INDArray u = vectors.vectors();
                    INDArray within = Nd4j.gemm(Nd4j.gemm(centred, u, false, false), u, false, true);
                    // Errors are those of a sum over the batch, which the updater divides.
                    double factor = 2 * eta * (conf().isMiniBatch() ? 1 : 1.0 / input.size(0));
                    below.addi(centred.subi(within).muli(factor).castTo(below.dataType()));
                }
            }
        }
        return new Pair<>(new DefaultGradient(), below);
    }

    /** Whether there are vectors for a batch that is finite. */
    private boolean refresh() {
        if (vectors == null) {
            vectors = vectors(layerConf().isExact());
        }
        refresh = vectors.refresh(covariance);
        if (refresh.outcome() != BasisRefresh.Outcome.REFUSED) {
            followed = covariance;
        }
        if (refresh.outcome() == BasisRefresh.Outcome.REFUSED && !warned) {
            warned = true;
            log.warn(
                    "activations of the latent PCA in layer {} are not finite: no penalty for this batch; further cases are not"
                            + " logged",
                    index);
        }
        return refresh.outcome() != BasisRefresh.Outcome.REFUSED;
    }

    private LeadingEigenvectors vectors(boolean exact) {
        int units = Math.toIntExact(covariance.size(0));
        int k = Math.min(units, layerConf().components());
        return new LeadingEigenvectors(units, k, covariance.dataType(), exact, RESIDUAL_LIMIT);
    }

    private double tail(INDArray of) {
        if (of == null) {
            return 0;
        }
        double tail = trace(of);
        for (double variance : vectors.values(of)) {
            tail -= variance;
        }
        return tail;
    }

    private static double trace(INDArray of) {
        return Nd4j.diag(of).sumNumber().doubleValue();
    }

    @Override
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public double calcRegularizationScore(boolean backpropOnlyParams) {
        if (!training || layerConf().eta() == 0) {
            return 0;
        }
        try (MemoryWorkspace outside = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            if (vectors == null) {
                refresh(); // a score may be asked for before any gradient
            }
            return layerConf().eta() * tail(covariance);
        }
    }

    @Override
    public Type type() {
        return Type.FEED_FORWARD;
    }

    @Override
    public boolean isPretrainLayer() {
        return false;
    }

    @Override
    public void clearNoiseWeightParams() {
        // There are no weights.
    }

    @Override
    public INDArray params() {
        return null;
    }
}
