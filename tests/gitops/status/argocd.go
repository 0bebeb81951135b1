package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// healthKey is how the entries of argocd-cm begin that hold a health script; GROUP_KIND follows.
const healthKey = "resource.customizations.health."

type health struct{ status, message string }

// healthScripts are Lua sources by "GROUP_KIND".
type healthScripts map[string]string

func readHealthScripts(file string) (healthScripts, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var configMap struct {
		Data map[string]string `json:"data"`
	}
	if err := yaml.Unmarshal(text, &configMap); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	scripts := healthScripts{}
	for key, script := range configMap.Data {
		if name, found := strings.CutPrefix(key, healthKey); found {
			scripts[name] = script
		}
	}
	if len(scripts) == 0 {
		return nil, fmt.Errorf("%s has no entry %sGROUP_KIND", file, healthKey)
	}
	return scripts, nil
}

// healthOf runs the script as Argo CD does: `obj` is the object, the libraries are base, table and string, and the
// script returns a table with status and message.
func (s healthScripts) healthOf(object *unstructured.Unstructured) (health, error) {
	gvk := object.GroupVersionKind()
	script, found := s[gvk.Group+"_"+gvk.Kind]
	if !found {
		return health{}, fmt.Errorf("there is no health script for %s_%s", gvk.Group, gvk.Kind)
	}
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{{lua.LoadLibName, lua.OpenPackage}, {lua.BaseLibName, lua.OpenBase}, {lua.TabLibName, lua.OpenTable}, {lua.StringLibName, lua.OpenString}} {
		state.Push(state.NewFunction(library.open))
		state.Push(lua.LString(library.name))
		state.Call(1, 0)
	}
	// Through JSON, as from the API server: every number is a float.
	text, err := json.Marshal(object.Object)
	if err != nil {
		return health{}, err
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return health{}, err
	}
	state.SetGlobal("obj", toLua(state, plain))
	if err := state.DoString(script); err != nil {
		return health{}, err
	}
	result, isTable := state.Get(-1).(*lua.LTable)
	if !isTable {
		return health{}, fmt.Errorf("the script returned %s, not a table", state.Get(-1).Type())
	}
	return health{lua.LVAsString(result.RawGetString("status")), lua.LVAsString(result.RawGetString("message"))}, nil
}

func toLua(state *lua.LState, value any) lua.LValue {
	switch value := value.(type) {
	case bool:
		return lua.LBool(value)
	case float64:
		return lua.LNumber(value)
	case string:
		return lua.LString(value)
	case []any:
		table := state.NewTable()
		for _, item := range value {
			table.Append(toLua(state, item))
		}
		return table
	case map[string]any:
		table := state.NewTable()
		for key, item := range value {
			table.RawSetString(key, toLua(state, item))
		}
		return table
	}
	return lua.LNil
}
