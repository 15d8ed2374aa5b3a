/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** Reads a matrix of a {@code .npy} file by the letter of the format, all of it into memory. */
final class NaiveNpy {
    private static final Pattern DICT =
            Pattern.compile("\\{'descr': '<f([48])', 'fortran_order': False, 'shape': \\((\\d+), (\\d+)\\), \\} *\n");

    private NaiveNpy() {}

    /** Rows that the header claims; fails if the file is shorter. */
    static double[][] read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        bytes.get(magic);
        assertThat(magic).isEqualTo(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        byte[] dict = new byte[bytes.getShort()];
        bytes.get(dict);
        Matcher matcher = DICT.matcher(new String(dict, StandardCharsets.US_ASCII));
        assertThat(matcher.matches()).isTrue();
        double[][] rows = new double[Integer.parseInt(matcher.group(2))][Integer.parseInt(matcher.group(3))];
        for (double[] row : rows) {
            for (int k = 0; k < row.length; k++) {
                row[k] = matcher.group(1).equals("4") ? bytes.getFloat() : bytes.getDouble();
            }
        }
        return rows;
    }
}
