/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the READMEs show is what the project does. */
class ReadmeTest {
    private static final Path ROOT = Paths.get(System.getProperty("repository.root"));
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)");

    @Test
    void quickStart_isTheExampleThatIsRun() throws IOException {
        String example = read("integration-tests/src/main/java/io/github/dl4jdynamics/it/examples/QuickStart.java");
        List<String> statements = javaBlock(read("README.md"));

        // The reader's own network and data stand in for the example's.
        assertThat(statements).hasSizeGreaterThanOrEqualTo(4);
        assertThat(example).contains(statements.get(1)).contains(statements.get(3));
        assertThat(example).contains(statements.get(2).replace("net.fit(data,", "net.fit(ExampleNetworks.data(),"));
    }

    @Test
    void dependencies_haveTheProjectsVersions() throws IOException {
        String readme = read("README.md");
        String pom = read("pom.xml");

        assertThat(readme).contains("<version>" + tag(pom, "version") + "</version>");
        assertThat(readme).contains("<version>" + tag(pom, "dl4j.version") + "</version>");
        assertThat(readme).contains("openblas:" + tag(pom, "openblas.version"));
    }

    @Test
    void links_pointAtFilesThatExist() throws IOException {
        for (String page : new String[] {
            "README.md",
            "dl4j-spectral/README.md",
            "dl4j-tempbalance/README.md",
            "dl4j-lca/README.md",
            "dl4j-ghostbn/README.md"
        }) {
            Matcher link = LINK.matcher(read(page));
            while (link.find()) {
                Path target = ROOT.resolve(page).resolveSibling(link.group(1)).normalize();
                assertThat(target).as("link in " + page).exists();
            }
        }
    }

    @Test
    void commands_areThoseOfContinuousIntegration() throws IOException {
        String readme = read("README.md");
        String ci = read(".ci/run");

        assertThat(readme).contains("    mvn -B verify\n").contains("    mvn -B -q -Pdemo -DskipTests package\n");
        assertThat(ci).contains("mvn -B verify").contains("mvn -B -q -Pdemo -DskipTests package");
    }

    private static List<String> javaBlock(String readme) {
        int start = readme.indexOf("```java") + "```java".length();
        List<String> statements = new ArrayList<>();
        for (String line : readme.substring(start, readme.indexOf("```", start)).split("\n")) {
            String statement = line.replaceAll("//.*", "").trim();
            if (!statement.isEmpty()) {
                statements.add(statement);
            }
        }
        return statements;
    }

    private static String tag(String pom, String name) {
        Matcher value = Pattern.compile("<" + Pattern.quote(name) + ">([^<]+)<").matcher(pom);
        assertThat(value.find()).isTrue();
        return value.group(1);
    }

    private static String read(String file) throws IOException {
        return new String(Files.readAllBytes(ROOT.resolve(file)), StandardCharsets.UTF_8);
    }
}
