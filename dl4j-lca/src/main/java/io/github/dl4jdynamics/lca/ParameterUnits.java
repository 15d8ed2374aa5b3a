/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.github.dl4jdynamics.lca.nd4j.UnitSlice;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.oracle.ParameterMask;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;

/**
 * To which unit each parameter of a network belongs.
 *
 * <p>A weight belongs to the unit it flows into: dense {@code [in, out]} to its column, convolution {@code [out, in, ...]}
 * to its first index, in one dimension to the remainder of its place, deconvolution {@code [in, out, kH, kW]} to its second, in three dimensions {@code [kD, kH, kW, out,
 * in]} to its fourth, depthwise {@code [kH, kW, in, multiplier]} to the last two, the depthwise part of a separable one
 * {@code [multiplier, in, kH, kW]} to the first two, locally connected {@code [place, in, out]} to its last, recurrent
 * {@code [in, 4 out]} to its column, gate by gate, peepholes {@code [out, 3]} to their row. Arrays of a layer with as many
 * units share them, others have a group of their own.
 */
final class ParameterUnits {
    private static final ImmutableList<String> GATES = ImmutableList.of("input", "forget", "output", "modulation");
    private static final ImmutableSet<String> GATED = ImmutableSet.of("LSTM", "GravesLSTM", "GravesBidirectionalLSTM");
    private static final ImmutableSet<String> RECURRENT_KEYS = ImmutableSet.of("W", "RW", "b", "g");

    private final List<UnitGroup> groups = new ArrayList<>();
    private final Map<List<Object>, UnitGroup> known = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final List<UnitSlice> slices = new ArrayList<>();
    private int units;

    private ParameterUnits() {}

    static ParameterUnits of(ParameterMask mask) {
        ParameterUnits result = new ParameterUnits();
        for (int i = 0; i < mask.counted().size(); i++) {
            result.add(i, mask.counted().get(i));
        }
        return result;
    }

    /** Groups in the order of the flat vector. */
    ImmutableList<UnitGroup> groups() {
        return ImmutableList.copyOf(groups);
    }

    /** Slices in the order of the flat vector; arrays are numbered as in {@link ParameterMask#counted}. */
    ImmutableList<UnitSlice> slices() {
        return ImmutableList.copyOf(slices);
    }

    /** Units of all groups. */
    int count() {
        return units;
    }

    private void add(int index, ParameterArray array) {
        if (GATED.contains(array.layerType())) {
            addGated(index, array);
            return;
        }
        long[] shape = array.shape();
        int[] axes = unitAxes(array);
        long count = product(shape, axes[0], axes[1] + 1);
        // DL4J-M2.1: convolutions of sequences use the memory of their [out, in, k, 1] as one of [k, in, out].
        boolean outputFastest = array.layerType().startsWith("Convolution1D") && shape.length > 2;
        long run = outputFastest
                ? 1
                : array.order() == 'c' ? product(shape, axes[1] + 1, shape.length) : product(shape, 0, axes[0]);
        String name = array.layer() + (isInner(array) ? " " + array.key() : direction(array));
        UnitGroup group = group(array.layer(), name, (int) count, array.key(), ImmutableList.of());
        slices.add(new UnitSlice(index, array.offset(), array.end(), run, (int) count, group.first()));
    }

    private static long product(long[] shape, int from, int to) {
        return Arrays.stream(shape, from, Math.max(from, Math.min(to, shape.length)))
                .reduce(1, (a, b) -> a * b);
    }

    /** First and last of the dimensions that number the units. */
    private static int[] unitAxes(ParameterArray array) {
        int last = Math.max(0, array.shape().length - 1);
        String type = array.layerType();
        if (type.equals("PReLULayer")) {
            return new int[] {0, 0};
        }
        if (last <= 1 || type.startsWith("LocallyConnected")) {
            return new int[] {last, last};
        }
        if (type.equals("DepthwiseConvolution2D")) {
            return new int[] {2, 3};
        }
        if (isInner(array)) {
            return new int[] {0, 1};
        }
        int axis = type.equals("Deconvolution2D") ? 1 : type.equals("Deconvolution3D") ? 3 : 0;
        return new int[] {axis, axis};
    }

    /** Whether the units are not those of the layer's output. */
    private static boolean isInner(ParameterArray array) {
        return array.layerType().equals("SeparableConvolution2D")
                && array.key().equals(SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY);
    }

    /** W {@code [in, 4 out]}, RW {@code [out, 4 out]} or with peepholes {@code [out, 4 out + 3]}, b {@code [1, 4 out]}. */
    private void addGated(int index, ParameterArray array) {
        long[] shape = array.shape();
        long columns = shape[shape.length - 1];
        long rows = array.length() / columns;
        boolean peepholes = columns % GATES.size() == 3;
        long gated = peepholes ? columns - 3 : columns;
        UnitGroup group = group(array.layer(), array.layer() + direction(array), (int) gated, array.key(), GATES);
        long end = array.offset() + rows * gated;
        slices.add(new UnitSlice(index, array.offset(), end, rows, (int) gated, group.first()));
        if (peepholes) {
            addPeepholes(index, end, rows, group);
        }
    }

    /** One column each for the forget, the output and the modulation gate. */
    private void addPeepholes(int index, long from, long rows, UnitGroup group) {
        for (int gate = 1; gate < GATES.size(); gate++) {
            long start = from + (gate - 1) * rows;
            int first = group.first() + gate * (int) rows;
            slices.add(new UnitSlice(index, start, start + rows, 1, (int) rows, first));
        }
    }

    /** Of a bidirectional layer, whose keys begin or end with a letter for the direction. */
    private static String direction(ParameterArray array) {
        String key = array.key();
        boolean wrapped = key.startsWith("f") || key.startsWith("b");
        if (wrapped && RECURRENT_KEYS.contains(key.substring(1))) {
            return key.startsWith("f") ? " forward" : " backward";
        }
        if (array.layerType().equals("GravesBidirectionalLSTM")) {
            return key.endsWith("F") ? " forward" : " backward";
        }
        return "";
    }

    /** The layer's group of that size, or a new one. */
    private UnitGroup group(String layer, String name, int count, String key, ImmutableList<String> gates) {
        List<Object> identity = List.of(layer, name, count);
        UnitGroup group = known.get(identity);
        if (group == null) {
            group = new UnitGroup(layer, names.add(name) ? name : name + " " + key, units, count, gates);
            known.put(identity, group);
            groups.add(group);
            units += count;
        }
        return group;
    }
}
