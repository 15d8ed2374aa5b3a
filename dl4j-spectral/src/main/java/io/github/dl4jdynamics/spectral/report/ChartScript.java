/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;

/** The text of Chart.js 4, found in its WebJar on the class path. */
final class ChartScript {
    private static final String POM = "META-INF/maven/org.webjars.npm/chart.js/pom.properties";
    private static final String FOLDER = "META-INF/resources/webjars/chart.js/";

    private final String version;
    private final String text;

    private ChartScript(String version, String text) {
        this.version = version;
        this.text = text;
    }

    static Optional<ChartScript> find() throws IOException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        Optional<ChartScript> found = context == null ? Optional.empty() : find(context);
        return found.isPresent() ? found : find(ChartScript.class.getClassLoader());
    }

    static Optional<ChartScript> find(ClassLoader classes) throws IOException {
        Properties pom = new Properties();
        try (InputStream in = classes.getResourceAsStream(POM)) {
            if (in == null) {
                return Optional.empty();
            }
            pom.load(in);
        }
        String version = pom.getProperty("version", "");
        for (String name : new String[] {"chart.umd.min.js", "chart.umd.js"}) {
            try (InputStream in = classes.getResourceAsStream(FOLDER + version + "/dist/" + name)) {
                if (in != null) {
                    String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    return Optional.of(new ChartScript(version, text));
                }
            }
        }
        return Optional.empty();
    }

    String version() {
        return version;
    }

    /** The script, safe between script tags, without the address of its source map. */
    String inline() {
        return text.replaceAll("(?m)^//# sourceMappingURL=.*$", "").replace("</script", "<\\/script");
    }
}
