/* SPDX-License-Identifier: Apache-2.0 */
/**
 * {@code INDArray} to numbers and back: copies on the heap, dense linear algebra, and the eigenvalues of many weight
 * matrices at once.
 *
 * <p>Dense linear algebra runs on one of three back ends ({@link io.github.dl4jdynamics.spectral.nd4j.KernelBackend}):
 * LAPACK of {@code org.bytedeco:openblas}, pure Java, or ND4J's own LAPACK wrapper. Nothing here keeps state between
 * calls, starts threads that outlive a call, or hands out memory that belongs to a workspace.
 */
package io.github.dl4jdynamics.spectral.nd4j;
