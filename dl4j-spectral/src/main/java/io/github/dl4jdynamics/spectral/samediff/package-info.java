/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Spectral penalties and QR factors inside SameDiff graphs.
 *
 * <p>{@link io.github.dl4jdynamics.spectral.samediff.EigenTerm} adds a function of the eigenvalues of a symmetric
 * matrix to a loss: the nuclear norm of a learned adjacency matrix, for instance. Its eigenvectors are found outside
 * the graph, by a listener, and are a constant inside.
 * {@link io.github.dl4jdynamics.spectral.samediff.DifferentiableQr} gives QR factors with a gradient, all inside the
 * graph.
 *
 * <p>Deeplearning4j 1.0.0-M2.1 has no ops defined by users: whatever class an op has, the gradient graph holds a copy
 * made from the op's name. Nothing here needs a class of its own in the graph, so saved graphs load everywhere.
 */
package io.github.dl4jdynamics.spectral.samediff;
