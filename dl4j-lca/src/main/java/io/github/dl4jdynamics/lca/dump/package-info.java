/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Allocations of every parameter at every step, streamed to files that NumPy maps into memory. JDK, Guava and the JSON
 * writer of dl4j-spectral only.
 */
package io.github.dl4jdynamics.lca.dump;
