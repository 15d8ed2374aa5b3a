/* SPDX-License-Identifier: Apache-2.0 */
/** One small program per feature, compiled with the project and run by its tests. */
package io.github.dl4jdynamics.it.examples;
