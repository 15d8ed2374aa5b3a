/* SPDX-License-Identifier: Apache-2.0 */
/** The demo: one command, a few minutes, one page. */
package io.github.dl4jdynamics.it.demo;
