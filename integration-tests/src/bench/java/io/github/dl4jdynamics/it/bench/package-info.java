/* SPDX-License-Identifier: Apache-2.0 */
/** JMH benchmarks: every figure is a ratio to a floor measured in the same run. */
package io.github.dl4jdynamics.it.bench;
