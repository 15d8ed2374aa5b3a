/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One self-contained HTML page made of sections that come and go independently.
 *
 * <p>A section is stored as {@code sections/<id>.json} below the report's folder; {@link #assemble} makes {@code
 * index.html} of whatever sections it finds. So several diagnostics, or several runs, fill one page, and a later run of
 * one diagnostic replaces only its own section. Files are replaced in one step.
 *
 * <p>The page loads nothing from the network and shows itself in light or dark colours, on screen and on paper. Charts
 * are drawn by Chart.js (MIT licence), copied into the page, if {@code org.webjars.npm:chart.js} (version 4) is on the
 * class path; without it each chart is a table and one line on the page names the library.
 */
public final class HtmlReport {
    private static final Logger LOG = LoggerFactory.getLogger(HtmlReport.class);

    private HtmlReport() {}

    /**
     * Stores sections and makes the page anew.
     *
     * @param folder of the report; created if missing
     * @param title of the page
     * @param sections to add or to replace
     * @return the page, {@code index.html}
     * @throws IOException if a file cannot be read or written
     */
    public static Path write(Path folder, String title, ReportSection... sections) throws IOException {
        for (ReportSection section : sections) {
            store(folder, section);
        }
        return assemble(folder, title);
    }

    /**
     * Stores a section without making the page.
     *
     * @param folder of the report; created if missing
     * @param section replaces the one with the same id
     * @return the section's file
     * @throws IOException if the file cannot be written
     */
    public static Path store(Path folder, ReportSection section) throws IOException {
        Path file = sections(folder).resolve(section.id() + ".json");
        Json.write(section.toMap(), file);
        return file;
    }

    /**
     * Makes the page of all sections found, by their order and then by id. A section file that cannot be understood is
     * left out, with a note on the page and in the log.
     *
     * @param folder of the report; created if missing
     * @param title of the page
     * @return the page, {@code index.html}
     * @throws IOException if a file cannot be read or written
     */
    public static Path assemble(Path folder, String title) throws IOException {
        return assemble(folder, title, ChartScript.find());
    }

    static Path assemble(Path folder, String title, Optional<ChartScript> charts) throws IOException {
        List<JsonNode> sections = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (Path file : files(sections(folder))) {
            JsonNode section = read(file);
            if (section.path("id").isTextual()) {
                sections.add(section);
            } else {
                unreadable.add(file.getFileName().toString());
            }
        }
        sections.sort(Comparator.<JsonNode>comparingInt(s -> s.path("order").asInt())
                .thenComparing(s -> s.path("id").asText()));
        Path page = folder.resolve("index.html");
        HtmlPage html = new HtmlPage(title, charts);
        AtomicFile.write(page, out -> out.append(html.render(sections, unreadable)));
        return page;
    }

    private static Path sections(Path folder) {
        return folder.resolve("sections");
    }

    private static List<Path> files(Path sections) throws IOException {
        if (!Files.isDirectory(sections)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(sections)) {
            return files.filter(file -> file.getFileName().toString().matches("[^.].*\\.json"))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private static JsonNode read(Path file) throws IOException {
        try (Reader in = Files.newBufferedReader(file)) {
            return Json.MAPPER.readTree(in);
        } catch (JsonProcessingException e) {
            LOG.warn("Report section {} is not JSON and is left out; delete it or run its diagnostic again", file, e);
            return Json.MAPPER.missingNode();
        }
    }
}
