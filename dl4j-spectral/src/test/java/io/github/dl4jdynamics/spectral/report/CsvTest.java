/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class CsvTest {
    @Test
    void write_numbers_keepsEveryDigit() throws IOException {
        Table table = Table.builder("i", "d", "f", "b")
                .row(123456789012L, 0.1 + 0.2, 0.1f, true)
                .row(-1, Double.NaN, Float.NEGATIVE_INFINITY, null)
                .build();

        assertThat(csv(table))
                .isEqualTo("i,d,f,b\r\n123456789012,0.30000000000000004,0.1,true\r\n-1,NaN,-Infinity,\r\n");
    }

    @Test
    void write_specialCharacters_areQuoted() throws IOException {
        Table table = Table.builder("a,b", "c")
                .row("say \"hi\"", "two\r\nlines")
                .row("", " plain ")
                .build();

        assertThat(csv(table)).isEqualTo("\"a,b\",c\r\n\"say \"\"hi\"\"\",\"two\r\nlines\"\r\n\"\", plain \r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "=HYPERLINK(1)|'=HYPERLINK(1)",
                "+1+cmd|'+1+cmd",
                "-conv|'-conv",
                "@SUM(A1,A2)|\"'@SUM(A1,A2)\"",
                "conv=1|conv=1"
            })
    void write_textsThatLookLikeFormulas_areMarkedAsText(String text, String field) throws IOException {
        assertThat(csv(Table.builder("x").row(text).build())).isEqualTo("x\r\n" + field + "\r\n");
    }

    @Test
    void write_leadingTab_isMarkedAsText() throws IOException {
        assertThat(csv(Table.builder("x").row("\t=1").build())).isEqualTo("x\r\n'\t=1\r\n");
    }

    @Test
    void write_file_replacesItAndLeavesNothingElse(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("new/history.csv");
        Csv.write(Table.builder("long", "header").build(), file);

        Csv.write(Table.builder("α").row(1).build(), file);

        assertThat(file).hasContent("α\r\n1\r\n");
        assertThat(file.getParent()).isDirectoryContaining(file::equals);
        assertThat(files(file.getParent())).isEqualTo(1);
    }

    @Test
    void atomicFile_failingContent_keepsTheOldFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.txt");
        AtomicFile.write(file, out -> out.write("old"));

        assertThatIOException()
                .isThrownBy(() -> AtomicFile.write(file, out -> {
                    out.write("half");
                    throw new IOException("disk full");
                }))
                .withMessage("disk full");

        assertThat(file).hasContent("old");
        assertThat(files(folder)).isEqualTo(1);
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static String csv(Table table) throws IOException {
        StringBuilder out = new StringBuilder();
        Csv.write(table, out);
        return out.toString();
    }
}
