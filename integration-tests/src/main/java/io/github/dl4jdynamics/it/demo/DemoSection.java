/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.PrintStream;

import io.github.dl4jdynamics.spectral.report.ReportSection;

/** One method's part of the demo: trains, prints, and returns its chapter of the page. */
interface DemoSection {

    ReportSection run(DemoSettings settings, PrintStream out) throws IOException;
}
