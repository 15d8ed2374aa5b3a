/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.Arrays;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.report.Table;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A function of the eigenvalues of a symmetric matrix, as a term of a SameDiff loss: for graph adversarial and low-rank
 * training, where the matrix is a learned or perturbed adjacency matrix, for instance.
 *
 * <pre>{@code
 * d_i = u_i^T A u_i,  i = 1..k,   A [n, n],  U [n, k] eigenvectors of A, largest eigenvalue first, a constant
 *
 * nuclear norm  loss = weight * sum |d_i|         c_i = sign(d_i),  k = n
 * top k         loss = weight * sum d_i           c_i = 1
 * Brockett      loss = weight * -sum m_i d_i      c_i = -m_i,       m_1 > ... > m_k > 0
 * convex        loss = weight * -sum f(d_i)       c_i = -f'(d_i)
 *
 * d loss / d A = weight * U diag(c) U^T
 * }</pre>
 *
 * <p>With {@code U} an exact eigenbasis, {@code d_i} are the eigenvalues and this is their exact gradient (where
 * eigenvalues coincide and the function has a kink there, a subgradient), though {@code U} gets none: to first order
 * the value of a spectral function does not depend on the basis. The gradient is symmetric to the last bit. Eigenvalues
 * that are zero to working precision have no part in the nuclear norm, so a matrix of low rank keeps it. Brockett and
 * the convex loss fall as eigenvalues rise; a negative weight turns any term round.
 *
 * <pre>{@code
 * EigenTerm term = EigenTerm.builder(sd, "A").nuclearNorm().weight(0.01).build();
 * SDVariable loss = dataLoss.add("loss", term.loss());
 * sd.addListeners(term.listener());
 * }</pre>
 *
 * <p><b>Refresh.</b> {@code U} is a CONSTANT of the graph: no gradient, updater or regularization touches it. The
 * listener overwrites it within the forward pass of {@code fit}, every {@code period} iterations, and in every
 * {@code calculateGradients}, from the value the matrix has in that very pass: there is no lag, whether {@code A} is a
 * parameter, a placeholder or computed in the graph ({@link #builder(SameDiff, String, int)}). {@code output} uses the
 * basis of the last refresh. Without the listener the basis stays as it was built: from the value of {@code A} if it is
 * a parameter or a constant, else the first {@code k} coordinate axes. (SameDiff reports a loss of 0 in {@code fit} if
 * no gradient needs the op that puts the loss out, such as a plain sum of terms; {@code output} has its value.)
 *
 * <p><b>Refusals.</b> A matrix that is not finite, or not symmetric within the tolerance, renews nothing: the old basis
 * stays, the first case is logged, all are in the {@link #history()}. (The loss itself goes wherever its input goes.)
 *
 * <p><b>Saving.</b> The graph of SameDiff holds everything but the listener: {@code <name>_basis [n, k]},
 * {@code <name>_settings}, {@code <name>_reader [n, n]}, {@code <name>_quadratic [k]}, {@code <name>_loss}. After
 * loading, {@link #attach} gives the term with its listener again.
 *
 * <p><b>Cost.</b> In the graph {@code 2 n^2 k} operations forward, twice that backward. A refresh is one full
 * eigendecomposition, O(n^3), on the CPU, in the type of {@code A}, with five copies of {@code A} in doubles; it took
 * 6 ms at n = 128 and 44 to 74 ms at n = 512 with LAPACK on one thread (FLOAT and DOUBLE, k from 10 to n).
 *
 * <p>Source: Li, Shi, Zhao, Lin, "Amortized Eigendecomposition for Neural Networks", NeurIPS 2024 (eigen losses).
 * Deviation: the basis is not trained by the loss but renewed by LAPACK, so the term sends gradient to {@code A} only.
 *
 * @since 0.1.0
 */
public final class EigenTerm {
    private final TermNames names;
    private final SDVariable loss;
    private final SDVariable basis;
    private final BasisListener listener;

    EigenTerm(SameDiff sd, TermNames names, TermSettings settings, boolean failFast) {
        this.names = names;
        this.loss = sd.getVariable(names.loss());
        this.basis = sd.getVariable(names.basis());
        this.listener = new BasisListener(sd, names, settings, failFast);
    }

    /**
     * Starts a term on a matrix of the graph.
     *
     * @param sd the graph
     * @param matrix name of a parameter, constant or placeholder {@code [n, n]} of the graph, FLOAT or DOUBLE
     * @return a builder that needs the choice of a function
     * @throws IllegalArgumentException if there is no such variable, if its type or its shape is another, or if the
     *     graph does not know its shape
     */
    public static EigenTermBuilder builder(SameDiff sd, String matrix) {
        return EigenTermBuilder.of(EigenTermBuilder.find(sd, matrix));
    }

    /**
     * Starts a term on a matrix whose shape the graph does not know before it runs, as of all that ops compute.
     *
     * @param sd the graph
     * @param matrix name of a variable of the graph, FLOAT or DOUBLE
     * @param n number of rows and of columns, at least 1
     * @return a builder that needs the choice of a function
     * @throws IllegalArgumentException if there is no such variable, or if its type or its shape is another
     */
    public static EigenTermBuilder builder(SameDiff sd, String matrix, int n) {
        return new EigenTermBuilder(EigenTermBuilder.find(sd, matrix), n);
    }

    /**
     * The term of that name in a graph that was loaded or copied, with a new listener and an empty history. The first
     * pass with the listener renews the basis whatever the period.
     *
     * @param sd the graph
     * @param name name of the term, "eigen" if none was given
     * @return the term
     * @throws IllegalArgumentException if the graph has no such term, or if the basis is no constant any more
     */
    public static EigenTerm attach(SameDiff sd, String name) {
        TermNames names = new TermNames(name);
        checkArgument(
                sd.hasVariable(names.settings()) && sd.hasVariable(names.basis()) && sd.hasVariable(names.loss()),
                "graph must hold an eigen term '%s', but has no variables '%s', '%s' and '%s'; build one",
                name,
                names.settings(),
                names.basis(),
                names.loss());
        VariableType type = sd.getVariable(names.basis()).getVariableType();
        checkArgument(
                type == VariableType.CONSTANT,
                "basis '%s' of an eigen term must be a CONSTANT, got a %s that training would change; "
                        + "use convertToConstant",
                names.basis(),
                type);
        TermSettings settings = TermSettings.of(sd.getVariable(names.settings()).getArr(), name);
        return new EigenTerm(sd, names, settings, false);
    }

    /** Name of the term, the prefix of its variables. */
    public String name() {
        return names.term();
    }

    /** The weighted scalar to add to the loss. */
    public SDVariable loss() {
        return loss;
    }

    /** The constant basis {@code [n, k]}, the eigenvector of the largest eigenvalue first. */
    public SDVariable basis() {
        return basis;
    }

    /** The listener that renews the basis; always the same. Give it to {@code addListeners} once. */
    public Listener listener() {
        return listener;
    }

    /** What the last 10,000 refreshes found, oldest first. */
    public ImmutableList<EigenTermRefresh> history() {
        return listener.history();
    }

    /** Number of matrices refused so far, history or not. */
    public long refusals() {
        return listener.refusals();
    }

    /** The history as a table, a row for each refresh; eigenvalues are separated by spaces. */
    public Table table() {
        Table.Builder table = Table.builder(
                "iteration", "epoch", "accepted", "off diagonal", "milliseconds", "eigenvalues", "refusal");
        for (EigenTermRefresh row : history()) {
            String values = Arrays.toString(row.eigenvalues()).replaceAll("[\\[\\],]", "");
            table.row(
                    row.iteration(),
                    row.epoch(),
                    row.isAccepted(),
                    row.offDiagonal(),
                    row.milliseconds(),
                    values,
                    row.refusal().orElse(null));
        }
        return table.build();
    }

    BasisListener basisListener() {
        return listener;
    }

    @Override
    public String toString() {
        return "EigenTerm{" + listener + "}";
    }
}
