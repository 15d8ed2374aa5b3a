/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import com.google.common.collect.ImmutableMap;
import org.nd4j.shade.jackson.core.JsonGenerator;
import org.nd4j.shade.jackson.core.util.DefaultIndenter;
import org.nd4j.shade.jackson.core.util.DefaultPrettyPrinter;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Writes plain values as JSON, the same text for the same values on every machine.
 *
 * <p>Values are null, {@link Boolean}, {@link Number}, {@link CharSequence}, {@link Enum} (its name), arrays, {@link
 * Iterable}, {@link Map} with text keys, and {@link Table} (a list of objects, one per row); nothing else, so no
 * private state leaks. Maps with an order of their own ({@link LinkedHashMap}, {@link SortedMap}, {@link ImmutableMap})
 * keep it, all others are sorted by key. JSON has no NaN: NaN and infinities are written as the texts {@code "NaN"},
 * {@code "Infinity"} and {@code "-Infinity"}, which Jackson and Python's {@code float} read back as numbers.
 */
public final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();
    private static final DefaultIndenter LINES = new DefaultIndenter("  ", "\n");

    private Json() {}

    /**
     * Writes a value to a file in one step, indented, UTF-8.
     *
     * @param value the value
     * @param file replaced if it exists; its folder is created
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if the value holds something that is not plain
     */
    public static void write(Object value, Path file) throws IOException {
        AtomicFile.write(file, out -> {
            try (JsonGenerator json = generator(out)) {
                json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(LINES));
                writeValue(value, json);
            }
        });
    }

    /**
     * The value as JSON on one line.
     *
     * @param value the value
     * @return JSON text
     * @throws IllegalArgumentException if the value holds something that is not plain
     */
    public static String toString(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = generator(text)) {
            writeValue(value, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static JsonGenerator generator(Writer out) throws IOException {
        return MAPPER.getFactory().createGenerator(out);
    }

    private static void writeValue(Object value, JsonGenerator json) throws IOException {
        if (value == null || value instanceof Boolean || value instanceof Number) {
            // Jackson's own rule for NaN and infinities is to quote them.
            json.writeObject(value);
        } else if (value instanceof CharSequence) {
            json.writeString(value.toString());
        } else if (value instanceof Enum) {
            json.writeString(((Enum<?>) value).name());
        } else if (value instanceof Map) {
            writeMap((Map<?, ?>) value, json);
        } else if (value instanceof Table) {
            writeTable((Table) value, json);
        } else if (value instanceof Iterable) {
            json.writeStartArray();
            for (Object element : (Iterable<?>) value) {
                writeValue(element, json);
            }
            json.writeEndArray();
        } else if (value.getClass().isArray()) {
            json.writeStartArray();
            for (int i = 0; i < Array.getLength(value); i++) {
                writeValue(Array.get(value, i), json);
            }
            json.writeEndArray();
        } else {
            throw new IllegalArgumentException(
                    "a value for JSON must be null, a boolean, a number, a text, an enum, an "
                            + "array, an Iterable, a Map or a Table, got "
                            + value.getClass().getName()
                            + "; turn it into a Map first");
        }
    }

    private static void writeMap(Map<?, ?> map, JsonGenerator json) throws IOException {
        boolean ordered = map instanceof LinkedHashMap || map instanceof SortedMap || map instanceof ImmutableMap;
        Map<String, Object> entries = ordered ? new LinkedHashMap<>() : new TreeMap<>();
        map.forEach((key, value) -> entries.put(key instanceof Enum ? ((Enum<?>) key).name() : key.toString(), value));
        json.writeStartObject();
        for (Map.Entry<String, Object> entry : entries.entrySet()) {
            json.writeFieldName(entry.getKey());
            writeValue(entry.getValue(), json);
        }
        json.writeEndObject();
    }

    private static void writeTable(Table table, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (List<Object> row : table.rows()) {
            json.writeStartObject();
            for (int c = 0; c < row.size(); c++) {
                json.writeFieldName(table.columns().get(c));
                writeValue(row.get(c), json);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
