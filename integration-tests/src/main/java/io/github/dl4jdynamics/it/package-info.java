/* SPDX-License-Identifier: Apache-2.0 */
/** Demo, examples and cross-module tests of dl4j-dynamics. */
package io.github.dl4jdynamics.it;
