/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Eigenvectors that follow a matrix which changes a little at a time, for a fraction of a decomposition: amortized
 * eigendecomposition.
 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;
