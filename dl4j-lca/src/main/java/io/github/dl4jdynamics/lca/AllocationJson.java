/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jdynamics.spectral.report.Json;

/** A history as JSON. */
final class AllocationJson {
    private AllocationJson() {}

    static void write(AllocationHistory history, Path file) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("settings", history.settings());
        json.put("cost", history.cost());
        json.put("sign", "negative allocations helped");
        json.put("data", history.dataSets());
        List<Object> books = new ArrayList<>();
        for (int data = 0; data < history.dataSets().size(); data++) {
            books.add(books(history.books(data)));
        }
        json.put("books", books);
        json.put("arrays", history.arrayTable());
        json.put("units", history.unitTable());
        json.put("advice", history.analysis().advice());
        List<Object> steps = new ArrayList<>();
        history.steps().forEach(step -> steps.add(step(step)));
        json.put("steps", steps);
        Json.write(json, file);
    }

    private static Map<String, Object> books(RunBooks books) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("change", books.change());
        json.put("allocated", books.allocated());
        json.put("relative_error", books.relativeError());
        json.put("gross_error", books.grossError());
        json.put("steps", books.steps());
        json.put("unbalanced", books.unbalanced());
        json.put("gaps", books.gaps());
        json.put("off", books.isOff());
        return json;
    }

    private static Map<String, Object> step(AllocationStep step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("updates_before", step.updatesBefore());
        json.put("updates_after", step.updatesAfter());
        json.put("iteration", step.iteration());
        json.put("epoch", step.epoch());
        json.put("status", step.status());
        json.put("rule", step.rule());
        json.put("gradients", step.gradients());
        json.put("milliseconds", step.milliseconds());
        json.put("note", step.note());
        json.put("losses", losses(step.losses()));
        if (!step.classes().isEmpty()) {
            json.put("classes", losses(step.classes()));
        }
        if (step.directions().length > 0) {
            json.put("directions", step.directions());
        }
        return json;
    }

    private static List<Object> losses(List<LossAllocation> losses) {
        List<Object> rows = new ArrayList<>();
        for (LossAllocation loss : losses) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", loss.name());
            json.put("loss_before", loss.lossBefore());
            json.put("loss_after", loss.lossAfter());
            json.put("allocated", loss.allocated());
            json.put("error", loss.error());
            json.put("arrays", loss.arrays());
            json.put("helped", loss.helpedByArray());
            json.put("hurt", loss.hurtByArray());
            rows.add(json);
        }
        return rows;
    }
}
