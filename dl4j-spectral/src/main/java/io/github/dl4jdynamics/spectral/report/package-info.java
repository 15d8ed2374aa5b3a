/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a diagnostic needs to be watched and read: when to sample, how much time to take, progress, tables, CSV, JSON,
 * and one self-contained HTML page.
 */
package io.github.dl4jdynamics.spectral.report;
