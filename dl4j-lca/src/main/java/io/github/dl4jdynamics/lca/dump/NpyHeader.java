/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * First bytes of a {@code .npy} file, format version 1.0, for a matrix in C order.
 *
 * <pre>{@code
 * \x93NUMPY 01 00 | uint16 length of the rest | {'descr': '<f4', 'fortran_order': False, 'shape': (T, K), } spaces \n
 * }</pre>
 *
 * <p>Always {@link #BYTES} long, whatever T and K are, so that a larger T can be written over a smaller one; a multiple
 * of 64, as the format asks for, so that the data can be mapped aligned. NumPy leaves room for a growing first axis
 * too and writes the same bytes.
 *
 * <p>Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", and {@code numpy.lib.format}.
 */
final class NpyHeader {
    /** Length of the header, where the data start, in bytes; two 19-digit numbers would need 104. */
    static final int BYTES = 128;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    private NpyHeader() {}

    static ByteBuffer of(NpyType type, long rows, long columns) {
        String dict =
                "{'descr': '" + type.descr() + "', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
        ByteBuffer header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(MAGIC);
        header.putShort((short) (BYTES - MAGIC.length - Short.BYTES));
        header.put(dict.getBytes(StandardCharsets.US_ASCII));
        while (header.remaining() > 1) {
            header.put((byte) ' ');
        }
        header.put((byte) '\n');
        header.flip();
        return header;
    }
}
