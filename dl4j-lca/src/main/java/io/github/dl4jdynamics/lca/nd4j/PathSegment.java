/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A straight segment of the path with the mean gradient along it, from which every allocation follows.
 *
 * <pre>{@code
 * A_i = (a S_i + b G_i) (theta'_i - theta_i)
 * }</pre>
 *
 * <p>The vectors are used as they are, not copied.
 */
public final class PathSegment {
    final INDArray theta;
    final INDArray next;
    final INDArray sum;
    final double a;
    final INDArray end;
    final double b;

    /**
     * A segment.
     *
     * @param theta where it begins; flat, as all others
     * @param next where it ends
     * @param sum S, a sum of gradients within it
     * @param a its factor
     * @param end G, the gradient at its end
     * @param b its factor; if 0, G is not looked at
     */
    public PathSegment(INDArray theta, INDArray next, INDArray sum, double a, INDArray end, double b) {
        this.theta = theta;
        this.next = next;
        this.sum = sum;
        this.a = a;
        this.end = end;
        this.b = b;
    }
}
