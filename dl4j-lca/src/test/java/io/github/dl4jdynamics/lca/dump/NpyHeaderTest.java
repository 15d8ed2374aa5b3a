/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import com.google.common.base.Strings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NpyHeaderTest {
    @Test
    void of_threeByFiveFloats_isTheHeaderOfTheFormatByteForByte() {
        byte[] header = NpyHeader.of(NpyType.FLOAT32, 3, 5).array();

        assertThat(header).hasSize(128).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
        assertThat(dict(header))
                .isEqualTo(
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }" + Strings.repeat(" ", 58) + "\n");
    }

    @Test
    void of_doubles_saysSo() {
        assertThat(dict(NpyHeader.of(NpyType.FLOAT64, 0, 1).array()))
                .startsWith("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 1), }  ");
    }

    @Test
    void of_largestNumbers_hasTheSameLength() {
        ByteBuffer header = NpyHeader.of(NpyType.FLOAT64, Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(header.remaining()).isEqualTo(NpyHeader.BYTES).matches(n -> n % 64 == 0);
        assertThat(dict(header.array()))
                .contains("(9223372036854775807, 9223372036854775807), }")
                .endsWith(" \n");
    }

    private static String dict(byte[] header) {
        return new String(header, 10, header.length - 10, StandardCharsets.US_ASCII);
    }
}
