/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Functions of eigenvalues and singular values that can be trained: eigen losses, whose minimum is the eigenbasis, and
 * penalties on a spectrum, with their slopes.
 */
package io.github.dl4jdynamics.spectral.math.eigen;
